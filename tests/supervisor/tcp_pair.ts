/**
 * Two ends of a real TCP connection on this machine: ours, and the supervisor's.
 *
 * @module
 */
import { decode } from "../../src/wire/decoder.ts";
import { encodeFrame } from "../../src/wire/encoder.ts";
import { FrameDecoder } from "../../src/wire/frame.ts";
import type { Transport } from "../../src/supervisor/transport.ts";

/** A frame as the supervisor reads it: `[id, body]`. */
export type RequestParts = [id: number, body: Record<string, unknown>];

/** Our end: the socket itself, and what was asked of it. */
export class CountedSocket implements Transport {
  readonly #conn: Deno.TcpConn;
  /** The lengths of the writes, in bytes, in their order. */
  readonly writes: number[] = [];

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#conn.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    this.writes.push(bytes.length);
    return this.#conn.write(bytes);
  }

  close(): void {
    closeQuietly(this.#conn);
  }
}

/** The supervisor's end. */
export class FarEnd implements Disposable {
  readonly #conn: Deno.TcpConn;
  readonly #decoder = new FrameDecoder();
  readonly #received: unknown[] = [];

  constructor(conn: Deno.TcpConn) {
    // Without Nagle, so that pieces leave as tests write them.
    conn.setNoDelay(true);
    this.#conn = conn;
  }

  /** Returns the bytes of one read; null at the end of the stream and when it broke. */
  async read(): Promise<Uint8Array | null> {
    const buffer = new Uint8Array(64 * 1024);
    const length = await this.#conn.read(buffer).catch(() => null);
    return length === null ? null : buffer.subarray(0, length);
  }

  /** Everything until the end of the stream, as text. */
  async readText(): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    for (let chunk = await this.read(); chunk !== null; chunk = await this.read()) {
      text += decoder.decode(chunk, { stream: true });
    }
    return text;
  }

  /** The next frame's value; throws at the end of the stream. */
  async receive(): Promise<unknown> {
    while (this.#received.length === 0) {
      const chunk = await this.read();
      if (chunk === null) throw new Error("the stream ended before a frame came");
      for (const payload of this.#decoder.push(chunk)) this.#received.push(decode(payload));
    }
    return this.#received.shift();
  }

  /** The next request. */
  async receiveRequest(): Promise<RequestParts> {
    const value = await this.receive();
    if (!Array.isArray(value)) throw new TypeError("a frame holds no array");
    const [id, body]: unknown[] = value;
    if (typeof id !== "number" || typeof body !== "object" || body === null) {
      throw new TypeError("a frame holds no request");
    }
    return [id, Object.fromEntries(Object.entries(body))];
  }

  /** Writes bytes, all of them. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
  }

  /** Sends a value as a frame. */
  async send(value: unknown): Promise<void> {
    await this.write(encodeFrame(value));
  }

  /** Says nothing more, and reads on. */
  async closeWrite(): Promise<void> {
    await this.#conn.closeWrite();
  }

  /** Closes; what is unread makes it a reset for the other end. */
  close(): void {
    closeQuietly(this.#conn);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Both ends of one connection. */
export interface TcpPair extends Disposable {
  readonly near: CountedSocket;
  readonly far: FarEnd;
}

/** Connects two ends over the loopback interface. */
export async function tcpPair(): Promise<TcpPair> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const [near, far] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
  const ends = { near: new CountedSocket(near), far: new FarEnd(far) };
  return {
    ...ends,
    [Symbol.dispose]() {
      ends.near.close();
      ends.far.close();
    },
  };
}

function closeQuietly(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
