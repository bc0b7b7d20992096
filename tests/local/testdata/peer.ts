/**
 * A hand-written runtime, which tests of the local supervisor use as a peer.
 *
 * @module
 */

import { decode } from "../../../src/wire/decoder.ts";
import { encodeFrame } from "../../../src/wire/encoder.ts";
import { FrameDecoder } from "../../../src/wire/frame.ts";

/** A reply. */
export interface PeerReply {
  /** The echoed id. */
  id: unknown;
  /** The reply message, or null. */
  body: Record<string, unknown> | null;
  /** The error slot, or null. */
  error: Record<string, unknown> | null;
}

/** Both connections, and the frames on them. */
export class Peer implements Disposable {
  readonly #comm: Deno.TcpConn;
  readonly #logs: Deno.TcpConn;
  readonly #decoder = new FrameDecoder();
  readonly #received: Uint8Array[] = [];
  #nextId = 1;

  private constructor(comm: Deno.TcpConn, logs: Deno.TcpConn) {
    this.#comm = comm;
    this.#logs = logs;
  }

  /** Connects to the two addresses. */
  static async connect(comm: string, logs: string): Promise<Peer> {
    return new Peer(await dial(comm), await dial(logs));
  }

  /** Connects to the addresses of `--comm=` and `--logs=`. */
  static connectByArgs(args: readonly string[]): Promise<Peer> {
    const [comm = "", logs = ""] = ["--comm=", "--logs="].map((name) =>
      args.find((arg) => arg.startsWith(name))?.slice(name.length)
    );
    return Peer.connect(comm, logs);
  }

  /** Writes bytes on the comm connection. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#comm.write(bytes.subarray(at));
  }

  /** Sends a frame without waiting; returns its id. */
  async send(body: unknown, id: number = this.#nextId++): Promise<number> {
    await this.write(encodeFrame([id, body]));
    return id;
  }

  /** The next frame; undefined at the end of the stream. */
  async receive(): Promise<PeerReply | undefined> {
    while (this.#received.length === 0) {
      const buffer = new Uint8Array(4096);
      const length = await this.#comm.read(buffer).catch(() => null);
      if (length === null) return undefined;
      this.#received.push(...this.#decoder.push(buffer.subarray(0, length)));
    }
    const value = decode(this.#received.shift() ?? new Uint8Array());
    if (!Array.isArray(value)) throw new TypeError("a frame holds no array");
    const [id, body, error]: unknown[] = value;
    return { id, body: record(body), error: record(error) };
  }

  /** Sends a request and reads the next frame as its reply. */
  async request(body: unknown, id?: number): Promise<PeerReply | undefined> {
    await this.send(body, id);
    return await this.receive();
  }

  /** Writes text, or the JSON of a value and a newline, on the log connection. */
  async log(line: unknown): Promise<void> {
    const text = typeof line === "string" ? line : `${JSON.stringify(line)}\n`;
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += await this.#logs.write(bytes.subarray(at));
  }

  /** Closes both connections. */
  [Symbol.dispose](): void {
    for (const conn of [this.#comm, this.#logs]) {
      try {
        conn.close();
      } catch {
        // Closed already.
      }
    }
  }
}

/** A valid SucceedTask. */
export function succeed(): Record<string, unknown> {
  return {
    type: "SucceedTask",
    state: "success",
    end_date: new Date(),
    task_outlets: [],
    outlet_events: [],
  };
}

function dial(address: string): Promise<Deno.TcpConn> {
  const [hostname = "", port] = address.split(":");
  return Deno.connect({ hostname, port: Number(port) });
}

function record(value: unknown): Record<string, unknown> | null {
  if (value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) throw new TypeError("no map in a slot");
  return Object.fromEntries(Object.entries(value ?? {}));
}
