/**
 * Frames with long texts, which are not encoded before they are sent.
 *
 * A text of a hundred megabytes would take as many again as bytes, and the time to have the pages of
 * them made; a frame of pieces takes one buffer, and the other end reads while we encode.
 *
 * @module
 */

/** A text of so many UTF-16 units is long. */
export const LONG_TEXT: number = 256 * 1024;

/** The bytes of a piece, but for the last and those that end before a character. */
const PIECE_BYTES = 256 * 1024;
/** No character of UTF-8 takes more. */
const CHARACTER_BYTES = 4;

const textEncoder = new TextEncoder();

/** A text, and before which of the other bytes it belongs. */
interface LongText {
  readonly text: string;
  readonly at: number;
}

/** The long texts of a value that is being encoded, and their places among the bytes. */
export class LongTexts {
  /** How many bytes they take together, as UTF-8. */
  bytes = 0;
  readonly #texts: { text: string; at: number; bytes: number }[] = [];

  /** Whether there is none. */
  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** Adds a well-formed text, which takes `bytes` as UTF-8 and belongs before byte `at`. */
  add(text: string, bytes: number, at: number): void {
    this.#texts.push({ text, at, bytes });
    this.bytes += bytes;
  }

  /** Moves those after byte `at` by `count`, with the bytes about them. */
  move(at: number, count: number): void {
    for (let i = this.#texts.length - 1; i >= 0; i--) {
      const text = this.#texts[i];
      if (text === undefined || text.at <= at) return;
      text.at += count;
    }
  }

  /** The texts, in the order of their places. */
  [Symbol.iterator](): Iterator<LongText> {
    return this.#texts.values();
  }
}

/** A frame known to the last byte, of which the long texts are still text. */
export class LongFrame {
  readonly #bytes: Uint8Array;
  readonly #texts: LongTexts;

  /** Makes a frame of `bytes`, its length at the front, with `texts` between them. */
  constructor(bytes: Uint8Array, texts: LongTexts) {
    this.#bytes = bytes;
    this.#texts = texts;
  }

  /** The frame's bytes, piece by piece, all in one buffer: a piece is good until the next is made. */
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

/** How many bytes the UTF-8 of a well-formed `text` takes. Encoding is the fastest way to count. */
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

/** Encodes as much of `text` from `unit` on as `buffer` has room for; no character is cut in two. */
function encodePart(text: string, unit: number, buffer: Uint8Array): TextEncoderEncodeIntoResult {
  let end = unit + buffer.length;
  if (end < text.length && isFirstOfPair(text.charCodeAt(end - 1))) end--;
  return textEncoder.encodeInto(text.slice(unit, end), buffer);
}

function isFirstOfPair(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}
