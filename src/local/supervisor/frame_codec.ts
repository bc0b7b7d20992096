/**
 * Frames as the local supervisor reads and writes them: with `@std/msgpack`, the end that is
 * independent of our own codec, wherever it can carry the values; with `src/wire` elsewhere.
 *
 * `@std/msgpack` cannot: timestamps (ext -1), and integers from 2^32 on, which it writes as floats.
 *
 * @module
 */

import { decode as decodeStd, encode as encodeStd } from "@std/msgpack";
import { decode } from "../../wire/decoder.ts";
import { encode } from "../../wire/encoder.ts";

/** What both codecs carry. */
type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** Beyond this, nesting could overflow the stack of `@std/msgpack`; ours has a limit of its own. */
const MAX_DEPTH = 100;

/** Encodes one frame: u32 big-endian length, then the payload. */
export function encodeSupervisorFrame(value: unknown): Uint8Array {
  const plain = plainOf(value, 0);
  const payload = plain === undefined ? encode(value) : encodeStd(plain);
  const frame = new Uint8Array(4 + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, 4);
  return frame;
}

/**
 * Decodes the payload of one frame.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when the bytes are no msgpack for either codec.
 */
export function decodeRuntimeFrame(payload: Uint8Array): unknown {
  try {
    const plain = plainOf(decodeStd(payload), 0);
    if (plain !== undefined) return plain;
  } catch {
    // What @std/msgpack refuses (ext types) our codec may read; what neither reads is malformed.
  }
  return decode(payload);
}

/** The value in the form that both codecs carry alike; undefined when they differ on it. */
function plainOf(value: unknown, depth: number): Plain | undefined {
  if (depth > MAX_DEPTH) return undefined;
  switch (typeof value) {
    case "string":
      // U+FFFD may be what @std/msgpack makes of invalid UTF-8, which must not pass.
      return value.includes("\ufffd") ? undefined : value;
    case "boolean":
      return value;
    case "number":
      return Number.isInteger(value) && Math.abs(value) >= 2 ** 31 ? undefined : value;
    case "object":
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  if (Array.isArray(value)) {
    const items = value.map((item) => plainOf(item, depth + 1));
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const entries: [string, Plain][] = [];
  for (const [key, item] of Object.entries(value)) {
    const plain = plainOf(item, depth + 1);
    if (plain === undefined || key === "__proto__") return undefined;
    entries.push([key, plain]);
  }
  return Object.fromEntries(entries);
}
