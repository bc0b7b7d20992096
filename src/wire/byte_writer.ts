/**
 * A growing buffer of MessagePack.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import { LONG_TEXT, type LongTexts, utf8Length } from "./long_frame.ts";
import { Refusal } from "./refusal.ts";
import { writeWideText } from "./text.ts";
import {
  TIMESTAMP_EXT,
  timestampLength,
  type TimestampParts,
  writeTimestamp,
} from "./timestamp.ts";

const INITIAL_BYTES = 16 * 1024;
/** Up to this many UTF-16 units, a loop in JavaScript is faster than a call of TextEncoder. */
const SHORT_STRING = 80;
/**
 * Bytes reserved after a long string, so that the values after it do not double a buffer of its size.
 */
const AFTER_TEXT = 1024;
const LONE_SURROGATE = "a string with a lone surrogate";
const UINT32 = 0x1_0000_0000;
const INT64_MIN = -(2n ** 63n);
const UINT64_MAX = 2n ** 64n - 1n;

const textEncoder = new TextEncoder();

/** Returns how many bytes the head of a string of `length` bytes has. */
function stringHead(length: number): 1 | 2 | 3 | 5 {
  return length < 32 ? 1 : length < 0x100 ? 2 : length < 0x10000 ? 3 : 5;
}

/** Writes scalars and heads of containers, each in its smallest form; grows up to a limit. */
export class ByteWriter {
  /** The next byte to write. */
  at = 0;
  /** Takes the long texts instead of the buffer; undefined when the buffer takes all. */
  apart: LongTexts | undefined;
  #head = 0;
  #limit = Infinity;
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_BYTES);
  #view: DataView = new DataView(this.#bytes.buffer);

  /** The size of the buffer in bytes. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** The bytes written after the head, those of the texts apart included. */
  get length(): number {
    return this.at - this.#head + (this.apart?.bytes ?? 0);
  }

  /** Starts over; leaves `head` bytes free, after which at most `limit` bytes may be written. */
  restart(head: number, limit: number): void {
    this.at = head;
    this.#head = head;
    this.#limit = limit;
  }

  /**
   * Checks that the bytes written and `more` bytes do not exceed the limit.
   *
   * @throws {TaskRuntimeError} `INVALID` when they do
   */
  checkLimit(more: number = 0): void {
    if (this.length + more <= this.#limit) return;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot encode value: it takes more than ${this.#limit} bytes of MessagePack`,
    );
  }

  /** Writes the length of the payload into the first four bytes. */
  writeFrameLength(): void {
    this.#view.setUint32(0, this.length);
  }

  /** Returns a copy of the bytes written. */
  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.at);
  }

  /** Returns the bytes written without a copy; the writer must not be used again. */
  surrender(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.at);
  }

  /** Writes nil. */
  writeNil(): void {
    this.#reserve(1);
    this.#bytes[this.at++] = 0xc0;
  }

  /** Writes true or false. */
  writeBoolean(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.at++] = value ? 0xc3 : 0xc2;
  }

  /** Writes a safe integer as an integer, any other number and -0 as float64. */
  writeNumber(value: number): void {
    this.#reserve(9);
    if (value >= 0 && value < 0x80 && (value | 0) === value && (value !== 0 || 1 / value > 0)) {
      this.#bytes[this.at++] = value;
    } else if (value !== 0 && Number.isSafeInteger(value)) {
      this.at = writeInteger(this.#bytes, this.#view, this.at, value);
    } else {
      this.#bytes[this.at] = 0xcb;
      this.#view.setFloat64(this.at + 1, value);
      this.at += 9;
    }
  }

  /** Writes a bigint as uint64, a negative one as int64. */
  writeBigInt(value: bigint): void {
    if (value < INT64_MIN || value > UINT64_MAX) {
      throw new Refusal("a bigint that does not fit into 64 bits");
    }
    this.#reserve(9);
    this.#bytes[this.at] = value < 0n ? 0xd3 : 0xcf;
    this.#view.setBigInt64(this.at + 1, BigInt.asIntN(64, value));
    this.at += 9;
  }

  /** Writes a string as UTF-8. */
  writeString(value: string): void {
    const length = value.length;
    if (length > SHORT_STRING) return this.#writeLongString(value);
    this.#reserve(2 + SHORT_STRING);
    const bytes = this.#bytes;
    let at = this.at;
    if (length < 32) {
      bytes[at++] = 0xa0 | length;
    } else {
      bytes[at++] = 0xd9;
      bytes[at++] = length;
    }
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return this.#writeWideString(value);
      bytes[at++] = unit;
    }
    this.at = at;
  }

  /** Writes a byte string. */
  writeBinary(value: Uint8Array): void {
    const length = value.length;
    this.checkLimit(length);
    this.#reserve(5 + length);
    if (length < 0x100) {
      this.#writeHead8(0xc4, length);
    } else if (length < 0x10000) {
      this.#writeHead16(0xc5, length);
    } else {
      this.#writeHead32(0xc6, length);
    }
    this.#bytes.set(value, this.at);
    this.at += length;
  }

  /** Writes a timestamp as ext -1 in its smallest form. */
  writeTimestamp(timestamp: TimestampParts): void {
    this.#reserve(15);
    const length = timestampLength(timestamp);
    if (length === 12) {
      this.#writeHead8(0xc7, length);
    } else {
      this.#bytes[this.at++] = length === 4 ? 0xd6 : 0xd7;
    }
    this.#view.setInt8(this.at++, TIMESTAMP_EXT);
    writeTimestamp(this.#view, this.at, timestamp, length);
    this.at += length;
  }

  /** Writes the head of an array of `length` values. */
  writeArrayHead(length: number): void {
    this.#reserve(5);
    if (length < 16) {
      this.#bytes[this.at++] = 0x90 | length;
    } else if (length < 0x10000) {
      this.#writeHead16(0xdc, length);
    } else {
      this.#writeHead32(0xdd, length);
    }
  }

  /** Leaves room for the head of a map; returns its place for {@linkcode closeMap}. */
  openMap(): number {
    this.#reserve(1);
    return this.at++;
  }

  /**
   * Writes the head at byte `head` of a map whose `length` pairs have been written. Moves the pairs if
   * the head needs more than the one byte that was left.
   */
  closeMap(head: number, length: number): void {
    if (length < 16) {
      this.#bytes[head] = 0x80 | length;
      return;
    }
    const more = length < 0x10000 ? 2 : 4;
    this.#reserve(more);
    this.#bytes.copyWithin(head + 1 + more, head + 1, this.at);
    this.apart?.move(head, more);
    this.#bytes[head] = more === 2 ? 0xde : 0xdf;
    if (more === 2) this.#view.setUint16(head + 1, length);
    else this.#view.setUint32(head + 1, length);
    this.at += more;
  }

  #writeHead8(type: number, value: number): void {
    this.#bytes[this.at] = type;
    this.#bytes[this.at + 1] = value;
    this.at += 2;
  }

  #writeHead16(type: number, value: number): void {
    this.#bytes[this.at] = type;
    this.#view.setUint16(this.at + 1, value);
    this.at += 3;
  }

  #writeHead32(type: number, value: number): void {
    this.#bytes[this.at] = type;
    this.#view.setUint32(this.at + 1, value);
    this.at += 5;
  }

  /** Writes a short string that has characters beyond ASCII. */
  #writeWideString(value: string): void {
    const units = value.length;
    const guess = stringHead(units * 2);
    this.#reserve(5 + 3 * units);
    const start = this.at + guess;
    const end = writeWideText(this.#bytes, start, value);
    if (end === undefined) throw new Refusal(LONE_SURROGATE);
    this.#closeString(guess, end - start);
  }

  #writeLongString(value: string): void {
    // TextEncoder would replace a lone surrogate.
    if (!value.isWellFormed()) throw new Refusal(LONE_SURROGATE);
    const units = value.length;
    this.checkLimit(units);
    if (units >= LONG_TEXT && this.apart !== undefined) {
      return this.#writeApart(value, this.apart);
    }
    const guess = stringHead(units);
    // Room for ASCII first: three bytes a unit would triple the memory of a 100 MB string.
    this.#reserve(guess + units + AFTER_TEXT);
    const start = this.at + guess;
    const { read, written } = textEncoder.encodeInto(value, this.#bytes.subarray(start));
    // Growing keeps the bytes before `at`, so `at` stays behind the text until its head is written.
    const head = this.at;
    this.at = start + written;
    if (read < units) {
      this.#reserve(4 + 3 * (units - read));
      this.at += textEncoder.encodeInto(value.slice(read), this.#bytes.subarray(this.at)).written;
    }
    const length = this.at - start;
    this.#reserve(stringHead(length) - guess);
    this.at = head;
    this.#closeString(guess, length);
  }

  #writeApart(value: string, apart: LongTexts): void {
    const length = utf8Length(value);
    this.checkLimit(length);
    this.#reserve(5);
    this.#writeHead32(0xdb, length);
    apart.add(value, length, this.at);
  }

  /** Writes the head of a text of `length` bytes, which stands after room for a head of `guess`. */
  #closeString(guess: number, length: number): void {
    const start = this.at + guess;
    const head = stringHead(length);
    if (head !== guess) this.#bytes.copyWithin(this.at + head, start, start + length);
    if (head === 1) {
      this.#bytes[this.at++] = 0xa0 | length;
    } else if (head === 2) {
      this.#writeHead8(0xd9, length);
    } else if (head === 3) {
      this.#writeHead16(0xda, length);
    } else {
      this.#writeHead32(0xdb, length);
    }
    this.at += length;
  }

  #reserve(count: number): void {
    if (this.at + count > this.#bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    // Without `count`, which may be more than is written in the end.
    this.checkLimit();
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.at + count));
    bytes.set(this.#bytes.subarray(0, this.at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** Writes a safe integer at byte `at`, where nine bytes must be free; returns the byte after it. */
function writeInteger(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  value: number,
): number {
  if (value >= -0x20 && value < 0x80) {
    bytes[at] = value;
    return at + 1;
  }
  if (value >= -0x80 && value < 0x100) {
    bytes[at] = value < 0 ? 0xd0 : 0xcc;
    bytes[at + 1] = value;
    return at + 2;
  }
  if (value >= -0x8000 && value < 0x10000) {
    bytes[at] = value < 0 ? 0xd1 : 0xcd;
    view.setUint16(at + 1, value);
    return at + 3;
  }
  if (value >= -0x8000_0000 && value < UINT32) {
    bytes[at] = value < 0 ? 0xd2 : 0xce;
    view.setUint32(at + 1, value);
    return at + 5;
  }
  bytes[at] = value < 0 ? 0xd3 : 0xcf;
  view.setInt32(at + 1, Math.floor(value / UINT32));
  view.setUint32(at + 5, value);
  return at + 9;
}
