/**
 * Bytes as hexadecimal text, and msgpack put together by hand.
 *
 * @module
 */

/** The bytes of `text`, e.g. `"92 c0 c3"`; blanks are for the reader. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(text.replaceAll(/\s/g, ""));
}

/** Joins parts; a string stands for its hexadecimal bytes. */
export function join(...parts: (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const arrays = parts.map((part) => typeof part === "string" ? hex(part) : part);
  const whole = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

/** `count` copies of one byte. */
export function repeat(count: number, byte: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count).fill(byte);
}
