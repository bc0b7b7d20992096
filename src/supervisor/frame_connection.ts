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

/** Bytes that one read asks of the socket. */
const READ_BYTES = 256 * 1024;

/** Options for {@linkcode FrameConnection}. */
export interface FrameConnectionOptions {
  /** The longest payload accepted, in bytes; 256 MiB by default. */
  maxFrameBytes?: number | undefined;
}

/** The connection to the supervisor: sends values as frames and receives the values of frames. */
export class FrameConnection implements Disposable {
  readonly #transport: Transport;
  readonly #decoder: FrameDecoder;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #isClosed = false;

  /** Takes over `transport`, and closes it when disposed. */
  constructor(transport: Transport, { maxFrameBytes }: FrameConnectionOptions = {}) {
    this.#transport = transport;
    this.#decoder = new FrameDecoder(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  }

  /**
   * Sends a value as a frame, under the conditions of {@linkcode sendFrame}.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value cannot be encoded; `CLOSED` when the
   * supervisor is gone
   */
  async send(value: unknown): Promise<void> {
    await this.sendFrame(encodeToSend(value));
  }

  /**
   * Sends an encoded frame. The next one may be sent when this resolves.
   *
   * A frame is one write, because the second of two small writes would wait for an acknowledgement
   * (Nagle's algorithm). Frames with long texts are written in pieces.
   *
   * @throws {TaskRuntimeError} `CLOSED` when the supervisor is gone
   */
  sendFrame(frame: Uint8Array | LongFrame): Promise<void> {
    if (frame instanceof LongFrame) return this.#sendPieces(frame);
    // No async function: one promise less for each of a task's requests.
    return this.#transport.write(frame).then(
      (written) => written < frame.length ? this.#sendRest(frame, written) : undefined,
      throwClosed,
    );
  }

  async #sendPieces(frame: LongFrame): Promise<void> {
    try {
      for (const piece of frame.pieces()) await writeAll(this.#transport, piece);
    } catch (cause) {
      throwClosed(cause);
    }
  }

  async #sendRest(frame: Uint8Array, written: number): Promise<void> {
    try {
      await writeAll(this.#transport, frame.subarray(written));
    } catch (cause) {
      throwClosed(cause);
    }
  }

  /**
   * Passes each value that arrives to `onValue`, until the supervisor closes the connection. An error
   * that `onValue` throws ends the reading.
   *
   * @throws {TaskRuntimeError} `MALFORMED` when the bytes are not frames of MessagePack, or end
   * within a frame; `CLOSED` when the connection breaks
   */
  async receive(onValue: (value: unknown) => void): Promise<void> {
    for (;;) {
      const room = this.#decoder.room();
      let length: number | null;
      try {
        length = await this.#transport.read(room ?? this.#buffer);
      } catch (cause) {
        if (this.#isClosed) break;
        const reason = "Cannot read from the supervisor: it is gone";
        throw new TaskRuntimeError("CLOSED", reason, { cause });
      }
      if (length === null) break;
      const payloads = room === undefined
        ? this.#decoder.push(this.#buffer.subarray(0, length))
        : this.#decoder.filled(length);
      while (payloads.length > 0) onValue(decodeFirst(payloads));
    }
    if (this.#decoder.pendingBytes > 0) {
      throw new TaskRuntimeError(
        "MALFORMED",
        "Cannot read from the supervisor: the connection ended within a frame",
      );
    }
  }

  /** Closes the socket; a pending `receive()` resolves. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#transport.close();
  }
}

function throwClosed(cause: unknown): never {
  throw new TaskRuntimeError("CLOSED", "Cannot send to the supervisor: it is gone", { cause });
}

/** Decodes the first payload and drops it, so that a large one is freed before the next read. */
function decodeFirst(payloads: Uint8Array[]): unknown {
  return decode(payloads.shift() ?? new Uint8Array());
}
