/**
 * Frames: the length of a payload as u32 big-endian, then the payload.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** The bytes of a frame's head, which holds the length of the payload. */
export const HEAD_BYTES = 4;

/**
 * The longest payload that is accepted by default: 256 MiB, more than twice the largest XCom (100 MB)
 * that was seen to pass through a supervisor.
 */
export const DEFAULT_MAX_FRAME_BYTES: number = 256 * 1024 * 1024;

/** The first size of the buffer for a payload that comes in several chunks. */
const INITIAL_BUFFER_BYTES = 64 * 1024;
/**
 * The limit of the buffer as a multiple of the received bytes. The operating system only provides memory
 * that is written to, so a buffer that stays empty costs nothing.
 */
const BUFFER_GROWTH = 64;
/** The rest of a payload is read without an intermediate buffer if it has at least these bytes. */
const MIN_ROOM_BYTES = 64 * 1024;

/** Options for {@linkcode FrameDecoder}. */
export interface FrameDecoderOptions {
  /** The longest payload accepted, in bytes; 256 MiB by default. */
  maxFrameBytes?: number;
}

/**
 * Decodes a stream of bytes into the payloads of its frames. Chunks may be cut anywhere.
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
  /** The error after which the stream cannot be decoded any more. */
  #failure: TaskRuntimeError | undefined;
  /** The received bytes of the head, 0 to 4, and the length that they hold so far. */
  #headBytes = 0;
  #length = 0;
  /** The buffer of a payload that comes in several chunks, and how much of it is received. */
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #receivedBytes = 0;

  /** Creates a decoder at the start of a stream. */
  constructor(options: FrameDecoderOptions = {}) {
    this.#maxFrameBytes = options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES;
  }

  /**
   * The received bytes of an incomplete frame, head included. If this is not 0 when the stream ends,
   * the stream ended within a frame.
   */
  get pendingBytes(): number {
    return this.#headBytes + this.#receivedBytes;
  }

  /**
   * Takes the next chunk and returns the payloads that it completes, in order.
   *
   * A payload that lies within the chunk is a view of it, so decode it before you read into the
   * chunk's buffer again. A payload that came in several chunks has its own buffer. The decoder keeps
   * no reference to the chunk.
   *
   * @throws {TaskRuntimeError} `MALFORMED` when a frame announces 0 bytes or more than the limit. The
   * start of the next frame is then unknown, so every later call throws the same error. Payloads that
   * the same chunk completed before are lost.
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
      const end = Math.min(chunk.length, at + this.#length - this.#receivedBytes);
      const payload = this.#readPayload(chunk.subarray(at, end));
      if (payload !== undefined) payloads.push(payload);
      at = end;
    }
    return payloads;
  }

  /**
   * Returns the buffer into which the next bytes may be read directly, for the rest of a long payload.
   * Call {@linkcode filled} after that read. Returns undefined when the next bytes must be passed to
   * {@linkcode push}.
   */
  room(): Uint8Array | undefined {
    const missing = this.#length - this.#receivedBytes;
    if (this.#buffer === undefined || missing < MIN_ROOM_BYTES) return undefined;
    return this.#bufferFor(this.#receivedBytes + 1).subarray(this.#receivedBytes);
  }

  /** Takes the `count` bytes that were read into {@linkcode room}; returns a completed payload. */
  filled(count: number): Uint8Array[] {
    this.#receivedBytes += count;
    const payload = this.#buffer;
    if (payload === undefined || this.#receivedBytes < this.#length) return [];
    this.#startFrame();
    return [payload];
  }

  /** Reads the head from byte `at` on, as far as the chunk has it; returns the byte after it. */
  #readHead(chunk: Uint8Array, at: number): number {
    while (this.#headBytes < HEAD_BYTES && at < chunk.length) {
      this.#length = this.#length * 0x100 + (chunk[at++] ?? 0);
      this.#headBytes++;
    }
    if (this.#headBytes < HEAD_BYTES) return at;
    if (this.#length === 0) throw this.#fail("it announces 0 bytes");
    if (this.#length > this.#maxFrameBytes) {
      throw this.#fail(`it announces ${this.#length} bytes, the limit is ${this.#maxFrameBytes}`);
    }
    return at;
  }

  /** Takes the next part of the payload; returns the payload if the part completes it. */
  #readPayload(part: Uint8Array): Uint8Array | undefined {
    const received = this.#receivedBytes + part.length;
    const isComplete = received === this.#length;
    let payload = part;
    if (this.#buffer !== undefined || !isComplete) {
      const buffer = this.#bufferFor(received);
      buffer.set(part, this.#receivedBytes);
      this.#receivedBytes = received;
      if (!isComplete) return undefined;
      payload = buffer.subarray(0, received);
    }
    this.#startFrame();
    return payload;
  }

  #startFrame(): void {
    this.#headBytes = 0;
    this.#length = 0;
    this.#buffer = undefined;
    this.#receivedBytes = 0;
  }

  /**
   * Returns the payload's buffer with room for `count` bytes. The buffer grows in proportion to the
   * received bytes: copying takes linear time, and an announced length alone takes no memory.
   */
  #bufferFor(count: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#buffer;
    if (buffer !== undefined && buffer.length >= count) return buffer;
    const received = this.#receivedBytes === 0 ? count : this.#receivedBytes;
    const size = Math.max(INITIAL_BUFFER_BYTES, count, BUFFER_GROWTH * received);
    const larger = new Uint8Array(Math.min(this.#length, size));
    if (buffer !== undefined) {
      larger.set(buffer.subarray(0, this.#receivedBytes));
      // Frees the old buffer now; the garbage collector may take long.
      buffer.buffer.transfer(0);
    }
    this.#buffer = larger;
    return larger;
  }

  #fail(reason: string): TaskRuntimeError {
    this.#failure = new TaskRuntimeError("MALFORMED", `Cannot read frame: ${reason}`);
    return this.#failure;
  }
}
