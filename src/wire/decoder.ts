/**
 * Msgpack to values.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import { MAX_DEPTH } from "./encoder.ts";
import { readKey, readText } from "./text.ts";
import { readTimestamp, TIMESTAMP_EXT } from "./timestamp.ts";

const UINT32 = 0x1_0000_0000;
/** From some 32 million on, an array made with its length at once becomes a slow dictionary. */
const PREALLOCATED = 1024 * 1024;

/**
 * Decodes `bytes`, which must hold exactly one msgpack value.
 *
 * - integers are numbers while they are safe, bigint beyond
 * - a map becomes a plain object; when one of its keys is not a string, a Map; of equal keys the
 *   last wins
 * - bin becomes a Uint8Array of its own, the timestamp extension -1 a `Temporal.Instant`
 *
 * Nothing in the result refers to `bytes`, so they may be overwritten afterwards.
 *
 * @throws {TaskRuntimeError} `MALFORMED`, naming the offset of the byte: for input that ends early
 * or goes on after the value, invalid UTF-8, more than 512 open containers, the byte 0xc1, an
 * extension of another type, or a timestamp outside what `Temporal.Instant` holds.
 *
 * @example
 * ```ts
 * import { decode } from "./decoder.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decode(new Uint8Array([0x81, 0xa4, 0x72, 0x6f, 0x77, 0x73, 42])), { rows: 42 });
 * ```
 */
export function decode(bytes: Uint8Array): unknown {
  const decoder = new Decoder(bytes);
  const value = decoder.readValue(0);
  decoder.finish();
  return value;
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;
  /** The values that all heads so far announced. */
  #announced = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  finish(): void {
    const rest = this.#bytes.length - this.#at;
    if (rest > 0) throw this.#malformed(this.#at, `${rest} bytes follow the value`);
  }

  readValue(depth: number): unknown {
    const start = this.#take(1);
    const type = this.#view.getUint8(start);
    if (type < 0x80) return type;
    if (type < 0x90) return this.#readMap(start, type & 0x0f, depth + 1);
    if (type < 0xa0) return this.#readArray(start, type & 0x0f, depth + 1);
    if (type < 0xc0) return this.#readString(start, type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    return this.#readTyped(start, type, depth);
  }

  #readTyped(start: number, type: number, depth: number): unknown {
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xca:
        return this.#view.getFloat32(this.#take(4));
      case 0xcb:
        return this.#view.getFloat64(this.#take(8));
      case 0xd9:
        return this.#readString(start, this.#readUint8());
      case 0xda:
        return this.#readString(start, this.#readUint16());
      case 0xdb:
        return this.#readString(start, this.#readUint32());
      case 0xdc:
        return this.#readArray(start, this.#readUint16(), depth + 1);
      case 0xdd:
        return this.#readArray(start, this.#readUint32(), depth + 1);
      case 0xde:
        return this.#readMap(start, this.#readUint16(), depth + 1);
      case 0xdf:
        return this.#readMap(start, this.#readUint32(), depth + 1);
      default:
        return type >= 0xcc && type <= 0xd3
          ? this.#readInteger(type)
          : this.#readBytes(start, type);
    }
  }

  #readInteger(type: number): number | bigint {
    switch (type) {
      case 0xcc:
        return this.#readUint8();
      case 0xcd:
        return this.#readUint16();
      case 0xce:
        return this.#readUint32();
      case 0xcf: {
        const at = this.#take(8);
        const value = this.#view.getUint32(at) * UINT32 + this.#view.getUint32(at + 4);
        return Number.isSafeInteger(value) ? value : this.#view.getBigUint64(at);
      }
      case 0xd0:
        return this.#view.getInt8(this.#take(1));
      case 0xd1:
        return this.#view.getInt16(this.#take(2));
      case 0xd2:
        return this.#view.getInt32(this.#take(4));
      default: {
        const at = this.#take(8);
        const value = this.#view.getInt32(at) * UINT32 + this.#view.getUint32(at + 4);
        return Number.isSafeInteger(value) ? value : this.#view.getBigInt64(at);
      }
    }
  }

  #readBytes(start: number, type: number): unknown {
    switch (type) {
      case 0xc4:
        return this.#readBinary(this.#readUint8());
      case 0xc5:
        return this.#readBinary(this.#readUint16());
      case 0xc6:
        return this.#readBinary(this.#readUint32());
      case 0xc7:
        return this.#readExtension(start, this.#readUint8());
      case 0xc8:
        return this.#readExtension(start, this.#readUint16());
      case 0xc9:
        return this.#readExtension(start, this.#readUint32());
      case 0xc1:
        throw this.#malformed(start, "0xc1 is not a type of msgpack");
      default:
        return this.#readExtension(start, 1 << (type - 0xd4));
    }
  }

  #readBinary(length: number): Uint8Array {
    const at = this.#take(length);
    // a copy: the bytes may lie in a buffer that the connection reads into again
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  #readExtension(start: number, length: number): Temporal.Instant {
    const type = this.#view.getInt8(this.#take(1));
    const at = this.#take(length);
    if (type !== TIMESTAMP_EXT) {
      throw this.#malformed(start, `extension type ${type} is not known`);
    }
    const instant = readTimestamp(this.#view, at, length);
    if (typeof instant === "string") throw this.#malformed(start, instant);
    return instant;
  }

  #readString(start: number, length: number): string {
    const text = readText(this.#bytes, this.#take(length), length);
    if (text === undefined) throw this.#malformed(start, "the string is not valid UTF-8");
    return text;
  }

  #readArray(start: number, length: number, depth: number): unknown[] {
    this.#checkContainer(start, length, depth);
    const array = length > PREALLOCATED ? [] : new Array<unknown>(length);
    for (let i = 0; i < length; i++) array[i] = this.readValue(depth);
    return array;
  }

  #readMap(
    start: number,
    length: number,
    depth: number,
  ): Record<string, unknown> | Map<unknown, unknown> {
    this.#checkContainer(start, length * 2, depth);
    const record: Record<string, unknown> = {};
    for (let i = 0; i < length; i++) {
      const key = this.#readStringKey();
      if (key === undefined) return this.#readRestOfMap(record, length - i, depth);
      const value = this.readValue(depth);
      if (key === "__proto__") define(record, key, value);
      else record[key] = value;
    }
    return record;
  }

  /** Goes on with a Map at the first key that is not a string. */
  #readRestOfMap(
    record: Record<string, unknown>,
    length: number,
    depth: number,
  ): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>(Object.entries(record));
    for (let i = 0; i < length; i++) {
      const key = this.#readStringKey() ?? this.readValue(depth);
      map.set(key, this.readValue(depth));
    }
    return map;
  }

  /** Reads a key if it is a string; otherwise reads nothing and returns undefined. */
  #readStringKey(): string | undefined {
    const start = this.#take(1);
    const type = this.#view.getUint8(start);
    let length: number;
    if (type >= 0xa0 && type < 0xc0) {
      length = type & 0x1f;
    } else if (type === 0xd9) {
      length = this.#readUint8();
    } else if (type === 0xda) {
      length = this.#readUint16();
    } else if (type === 0xdb) {
      length = this.#readUint32();
    } else {
      this.#at = start;
      return undefined;
    }
    const key = readKey(this.#bytes, this.#take(length), length);
    if (key === undefined) throw this.#malformed(start, "the key is not valid UTF-8");
    return key;
  }

  #readUint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  #readUint16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  #readUint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  /** Steps over `length` bytes and returns where they begin. */
  #take(length: number): number {
    const at = this.#at;
    if (length > this.#bytes.length - at) {
      const left = this.#bytes.length - at;
      throw this.#malformed(at, `it ends early, ${length} bytes are due and ${left} left`);
    }
    this.#at = at + length;
    return at;
  }

  /**
   * Every value takes at least one byte, so all heads together cannot announce more values than
   * there are bytes. What they announce may therefore be allocated.
   */
  #checkContainer(start: number, values: number, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw this.#malformed(start, `more than ${MAX_DEPTH} arrays and maps within each other`);
    }
    this.#announced += values;
    const left = this.#bytes.length - this.#at;
    if (values > left || this.#announced > this.#bytes.length) {
      throw this.#malformed(start, `it announces ${values} values, and ${left} bytes are left`);
    }
  }

  #malformed(at: number, reason: string): TaskRuntimeError {
    return new TaskRuntimeError("MALFORMED", `Cannot decode value at byte ${at}: ${reason}`);
  }
}

/**
 * Sets an own property under a name whose assignment would change the prototype. Deno leaves that
 * setter out, and `--unstable-unsafe-proto` brings it back.
 */
function define(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}
