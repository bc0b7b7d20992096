/**
 * Frames whose long texts are encoded while they are sent.
 *
 * The bytes of a text of 100 MB would take another 100 MB of memory, and the supervisor could not
 * read until all of them are encoded. A frame in pieces takes one small buffer.
 *
 * @module
 */

/** Texts of at least this many UTF-16 units are long. */
export const LONG_TEXT: number = 256 * 1024;

/** The longest piece. */
const PIECE_BYTES = 256 * 1024;
/** The longest character of UTF-8. */
const CHARACTER_BYTES = 4;

const textEncoder = new TextEncoder();

/** A text and its place: before byte `at` of the other bytes. */
interface LongText {
  readonly text: string;
  readonly at: number;
}

/** The long texts of a value, with their places among its other bytes. */
export class LongTexts {
  /** The bytes of all texts as UTF-8. */
  bytes = 0;
  readonly #texts: { text: string; at: number; bytes: number }[] = [];

  /** Tells whether there is no text. */
  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** Adds a well-formed text of `bytes` bytes, whose place is before byte `at`. */
  add(text: string, bytes: number, at: number): void {
    this.#texts.push({ text, at, bytes });
    this.bytes += bytes;
  }

  /** Moves the texts after byte `at` by `count` bytes. */
  move(at: number, count: number): void {
    for (let i = this.#texts.length - 1; i >= 0; i--) {
      const text = this.#texts[i];
      if (text === undefined || text.at <= at) return;
      text.at += count;
    }
  }

  /** Iterates over the texts in the order of their places. */
  [Symbol.iterator](): Iterator<LongText> {
    return this.#texts.values();
  }
}

/** An encoded frame whose long texts are still text. */
export class LongFrame {
  readonly #bytes: Uint8Array;
  readonly #texts: LongTexts;

  /** Creates a frame of `bytes`, head included, and the `texts` between them. */
  constructor(bytes: Uint8Array, texts: LongTexts) {
    this.#bytes = bytes;
    this.#texts = texts;
  }

  /** Yields the frame in pieces, all in the same buffer: each is valid until the next is made. */
  *pieces(): Generator<Uint8Array, void, void> {
    const buffer = new Uint8Array(PIECE_BYTES);
    let filled = 0;
    let from = 0;
    for (const { text, at } of [...this.#texts, { text: "", at: this.#bytes.length }]) {
      while (from < at) {
        const part = this.#bytes.subarray(from, Math.min(at, from + buffer.length - filled));
        buffer.set(part, filled);
        from += part.length;
        filled += part.length;
        if (filled < buffer.length) continue;
        yield buffer;
        filled = 0;
      }
      for (let unit = 0; unit < text.length;) {
        const { read, written } = encodePart(text, unit, buffer.subarray(filled));
        unit += read;
        filled += written;
        if (buffer.length - filled >= CHARACTER_BYTES) continue;
        yield buffer.subarray(0, filled);
        filled = 0;
      }
    }
    if (filled > 0) yield buffer.subarray(0, filled);
  }
}

/** Returns how many bytes a well-formed text takes. Encoding is the fastest way to count them. */
export function utf8Length(text: string): number {
  const buffer = new Uint8Array(PIECE_BYTES);
  let bytes = 0;
  for (let unit = 0; unit < text.length;) {
    const { read, written } = encodePart(text, unit, buffer);
    unit += read;
    bytes += written;
  }
  return bytes;
}

/** Encodes `text` from `unit` on until `buffer` is full, without cutting a character. */
function encodePart(text: string, unit: number, buffer: Uint8Array): TextEncoderEncodeIntoResult {
  let end = unit + buffer.length;
  if (end < text.length && isFirstOfPair(text.charCodeAt(end - 1))) end--;
  return textEncoder.encodeInto(text.slice(unit, end), buffer);
}

function isFirstOfPair(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
