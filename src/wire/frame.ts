/**
 * A stream of chunks to the frames in it.
 *
 * A frame is its payload's length as u32 big-endian, then the payload.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";

/**
 * The default bound of a frame's payload: 256 MiB, more than twice the largest XCom (100 MB) that
 * was seen to pass through a supervisor.
 */
export const DEFAULT_MAX_FRAME_BYTES: number = 256 * 1024 * 1024;

/** How many bytes tell a frame's length, before its body. */
export const HEAD_BYTES = 4;
const INITIAL_BODY_BYTES = 64 * 1024;
/** How many times what has come a buffer may hold: what is not written to yet is no memory so far. */
const GROWTH = 64;
/** The rest of a payload is worth a read of its own from this many bytes on. */
const LEAST_ROOM_BYTES = 64 * 1024;

/** Options for {@linkcode FrameDecoder}. */
export interface FrameDecoderOptions {
  /** The longest payload accepted, in bytes; 256 MiB by default. */
  maxFrameBytes?: number;
}

/**
 * Puts the frames of a stream together again, however it was cut into chunks. It opens no socket.
 *
 * @example
 * ```ts
 * import { FrameDecoder } from "./frame.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const frames = new FrameDecoder();
 * assertEquals(frames.push(new Uint8Array([0, 0, 0, 2, 0x93])), []);
 * assertEquals(frames.pendingBytes, 5);
 * assertEquals(frames.push(new Uint8Array([0xc0])), [new Uint8Array([0x93, 0xc0])]);
 * assertEquals(frames.pendingBytes, 0);
 * ```
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number;
  #failure: TaskRuntimeError | undefined;
  /** The bytes of the length received, 0 to 4. */
  #headBytes = 0;
  #length = 0;
  /** What was received of a payload that does not end with its first chunk. */
  #body: Uint8Array<ArrayBuffer> | undefined;
  #bodyBytes = 0;

  /** Makes a decoder at the start of a stream. */
  constructor(options: FrameDecoderOptions = {}) {
    this.#maxFrameBytes = options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES;
  }

  /**
   * The bytes received of a frame that is not complete yet, its length included. When it is not 0
   * as the stream ends, the stream ended amid a frame.
   */
  get pendingBytes(): number {
    return this.#headBytes + this.#bodyBytes;
  }

  /**
   * Takes the next chunk and returns the payloads that it completes, in order.
   *
   * A payload that lies whole within `chunk` is a view of it: decode it before the chunk's buffer
   * is read into again. A payload that came in several chunks has a buffer of its own. Of a chunk
   * only what belongs to an incomplete frame is kept, as a copy.
   *
   * @throws {TaskRuntimeError} `MALFORMED` when a frame announces no bytes or more than the limit.
   * Where the next frame begins is then unknown: every later call throws the same error, and
   * payloads that the same chunk completed before are not given out.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    if (this.#failure !== undefined) throw this.#failure;
    const payloads: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#headBytes < HEAD_BYTES) {
        at = this.#readHead(chunk, at);
        continue;
      }
      const end = Math.min(chunk.length, at + this.#length - this.#bodyBytes);
      const part = chunk.subarray(at, end);
      at = end;
      const payload = this.#complete(part);
      if (payload !== undefined) payloads.push(payload);
    }
    return payloads;
  }

  /**
   * Where the next bytes may be read to at once, without a chunk between: the rest of a long payload,
   * or a part of it. Undefined where {@linkcode push} must look at them. After the read comes
   * {@linkcode filled}, before anything else.
   */
  room(): Uint8Array | undefined {
    const missing = this.#length - this.#bodyBytes;
    if (this.#body === undefined || missing < LEAST_ROOM_BYTES) return undefined;
    return this.#room(this.#bodyBytes + 1).subarray(this.#bodyBytes);
  }

  /** Counts the `count` bytes read into {@linkcode room}; returns the payload when it is complete. */
  filled(count: number): Uint8Array[] {
    this.#bodyBytes += count;
    const body = this.#body;
    if (body === undefined || this.#bodyBytes < this.#length) return [];
    this.#restart();
    return [body];
  }

  #readHead(chunk: Uint8Array, at: number): number {
    while (this.#headBytes < HEAD_BYTES && at < chunk.length) {
      this.#length = this.#length * 0x100 + (chunk[at++] ?? 0);
      this.#headBytes++;
    }
    if (this.#headBytes < HEAD_BYTES) return at;
    if (this.#length === 0) {
      throw this.#fail("a length of 0 announces no value");
    }
    if (this.#length > this.#maxFrameBytes) {
      throw this.#fail(
        `it announces ${this.#length} bytes, and the limit is ${this.#maxFrameBytes}`,
      );
    }
    return at;
  }

  /** Takes the payload's next part; returns the payload when that was the last. */
  #complete(part: Uint8Array): Uint8Array | undefined {
    const received = this.#bodyBytes + part.length;
    let payload: Uint8Array | undefined = part;
    if (this.#body !== undefined || received < this.#length) {
      const body = this.#room(received);
      body.set(part, this.#bodyBytes);
      this.#bodyBytes = received;
      if (received < this.#length) return undefined;
      payload = body.subarray(0, received);
    }
    this.#restart();
    return payload;
  }

  /** The next byte is the first of a frame. */
  #restart(): void {
    this.#headBytes = 0;
    this.#length = 0;
    this.#body = undefined;
    this.#bodyBytes = 0;
  }

  /**
   * The payload's buffer, with room for `count` bytes. It grows in proportion, so the copies are
   * linear in what arrived, and a length that is only claimed costs no memory.
   */
  #room(count: number): Uint8Array<ArrayBuffer> {
    const body = this.#body;
    if (body !== undefined && body.length >= count) return body;
    const received = this.#bodyBytes === 0 ? count : this.#bodyBytes;
    const size = Math.max(INITIAL_BODY_BYTES, count, GROWTH * received);
    const bytes = Math.min(this.#length, size);
    const larger = new Uint8Array(bytes);
    if (body !== undefined) {
      larger.set(body.subarray(0, this.#bodyBytes));
      // frees it now; the garbage collector might leave it for long
      body.buffer.transfer(0);
    }
    this.#body = larger;
    return larger;
  }

  #fail(reason: string): TaskRuntimeError {
    this.#failure = new TaskRuntimeError("MALFORMED", `Cannot read frame: ${reason}`);
    return this.#failure;
  }
}
