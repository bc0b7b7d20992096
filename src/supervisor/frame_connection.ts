/**
 * Frames over a socket.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { decode } from "../wire/decoder.ts";
import { encodeToSend } from "../wire/encoder.ts";
import { FrameDecoder } from "../wire/frame.ts";
import { LongFrame } from "../wire/long_frame.ts";
import { type Transport, writeAll } from "./transport.ts";

/** Bytes asked of the socket at a time, but for the rest of a long frame: that is read as it comes. */
const READ_BYTES = 256 * 1024;

/** How a {@linkcode Connection} treats what it reads. */
export interface ConnectionOptions {
  /** The longest frame to accept, in bytes; the default is the frame decoder's. */
  maxFrameBytes?: number | undefined;
}

/** The frame channel to the supervisor: values out, values in, in order. */
export class Connection implements Disposable {
  readonly #transport: Transport;
  readonly #decoder: FrameDecoder;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #closed = false;

  /** Takes over `transport`: it is closed with the connection. */
  constructor(transport: Transport, options: ConnectionOptions = {}) {
    this.#transport = transport;
    this.#decoder = new FrameDecoder(
      options.maxFrameBytes === undefined ? {} : { maxFrameBytes: options.maxFrameBytes },
    );
  }

  /**
   * Sends one value as one frame, as {@linkcode sendFrame} does.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value has no MessagePack form; `CLOSED` when the
   * other end is gone
   */
  async send(value: unknown): Promise<void> {
    await this.sendFrame(encodeToSend(value));
  }

  /**
   * Sends a frame that is made already, in one write, since a frame in two parts waits for an
   * acknowledgement between them; one with long texts in pieces, which are many packets each.
   * What the socket can take is on its way when this returns. Until it resolves, nothing else may be
   * sent.
   *
   * @throws {TaskRuntimeError} `CLOSED` when the other end is gone
   */
  sendFrame(frame: Uint8Array | LongFrame): Promise<void> {
    if (frame instanceof LongFrame) return this.#sendPieces(frame);
    return this.#transport.write(frame).then(
      (written) => written < frame.length ? this.#sendRest(frame, written) : undefined,
      throwGone,
    );
  }

  async #sendPieces(frame: LongFrame): Promise<void> {
    try {
      for (const piece of frame.pieces()) await writeAll(this.#transport, piece);
    } catch (cause) {
      throwGone(cause);
    }
  }

  async #sendRest(frame: Uint8Array, written: number): Promise<void> {
    try {
      await writeAll(this.#transport, frame.subarray(written));
    } catch (cause) {
      throwGone(cause);
    }
  }

  /**
   * Gives the values that arrive to `take`, one after the other, until the other end closes. What
   * `take` throws ends it.
   *
   * @throws {TaskRuntimeError} `MALFORMED` when the bytes are no frames of MessagePack, or end amid
   * one; `CLOSED` when the connection breaks
   */
  async receive(take: (value: unknown) => void): Promise<void> {
    for (;;) {
      const room = this.#decoder.room();
      let length: number | null;
      try {
        length = await this.#transport.read(room ?? this.#buffer);
      } catch (cause) {
        if (this.#closed) break;
        const reason = "Cannot read from the supervisor: it is gone";
        throw new TaskRuntimeError("CLOSED", reason, { cause });
      }
      if (length === null) break;
      const payloads = room === undefined
        ? this.#decoder.push(this.#buffer.subarray(0, length))
        : this.#decoder.filled(length);
      while (payloads.length > 0) take(decodeFirst(payloads));
    }
    if (this.#decoder.pendingBytes > 0) {
      throw new TaskRuntimeError(
        "MALFORMED",
        "Cannot read from the supervisor: the connection ended amid a frame",
      );
    }
  }

  /** Closes the socket; what waits for frames sees their end. */
  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transport.close();
  }
}

function throwGone(cause: unknown): never {
  throw new TaskRuntimeError("CLOSED", "Cannot send to the supervisor: it is gone", { cause });
}

/** Decodes the first of `payloads` and drops it: it may be large, and the next may be long in coming. */
function decodeFirst(payloads: Uint8Array[]): unknown {
  return decode(payloads.shift() ?? new Uint8Array());
}
