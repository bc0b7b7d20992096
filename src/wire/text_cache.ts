/**
 * Short texts seen lately, found again by their bytes.
 *
 * The rows of a table repeat their keys, and many of their words: what is found here is neither
 * decoded again nor kept twice.
 *
 * @module
 */

/** How many texts are kept. */
const SLOTS = 1024;
/** Texts of up to this many bytes are kept: four words of 32 bits. */
export const CACHED_BYTES = 16;

/** Reads the `length` bytes at byte `at`; undefined when they are no text. */
export type TextDecoding = (bytes: Uint8Array, at: number, length: number) => string | undefined;

/** Keeps each text in the slot of its hash, until another one takes that. */
export class TextCache {
  readonly #decode: TextDecoding;
  readonly #words = new Int32Array(SLOTS * 4);
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #texts: string[] = new Array<string>(SLOTS).fill("");

  /** Makes an empty cache, which has `decode` read what it does not know. */
  constructor(decode: TextDecoding) {
    this.#decode = decode;
  }

  /**
   * The text of the `length` bytes at byte `at` of `view`, 1 to 16, which `bytes` shows as well;
   * undefined when they are none.
   *
   * Four bytes are read at a time, the last four again where the length is no multiple of four.
   */
  read(bytes: Uint8Array, view: DataView, at: number, length: number): string | undefined {
    let first: number, second = 0, third = 0, last = 0;
    if (length > 3) {
      first = view.getInt32(at);
      last = view.getInt32(at + length - 4);
      if (length > 8) {
        second = view.getInt32(at + 4);
        if (length > 12) third = view.getInt32(at + 8);
      }
    } else {
      first = view.getUint8(at) | view.getUint8(at + (length >> 1)) << 8 |
        view.getUint8(at + length - 1) << 16;
    }
    let hash = Math.imul(first ^ length, 0x9e3779b1) ^ Math.imul(last, 0x85ebca77) ^
      Math.imul(second, 0xc2b2ae3d) ^ third;
    hash = (hash ^ (hash >>> 15) ^ (hash >>> 7)) & (SLOTS - 1);
    const words = this.#words;
    const slot = hash << 2;
    if (
      words[slot] === first && words[slot + 3] === last && words[slot + 1] === second &&
      words[slot + 2] === third && this.#lengths[hash] === length
    ) {
      return this.#texts[hash];
    }
    const text = this.#decode(bytes, at, length);
    if (text === undefined) return undefined;
    words[slot] = first;
    words[slot + 1] = second;
    words[slot + 2] = third;
    words[slot + 3] = last;
    this.#lengths[hash] = length;
    this.#texts[hash] = text;
    return text;
  }
}
