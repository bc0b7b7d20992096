/**
 * Stand-in for `@std/msgpack`, for machines that cannot reach JSR.
 *
 * It has the real package's limits: no extension types, only plain objects, 64-bit integers as
 * bigint, larger numbers as floats, and U+FFFD for bytes that are not UTF-8.
 *
 * @module
 */

/** A value that can be written. */
export type ValueType =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array
  | readonly ValueType[]
  | ValueMap;

/** An object whose values can be written. */
export interface ValueMap {
  /** The value of a key. */
  [index: string | number]: ValueType;
}

/** Encodes a value; throws on values that the real package cannot encode. */
export function encode(object: ValueType): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writer.write(object);
  return new Uint8Array(writer.bytes);
}

/** Decodes the bytes; throws unless they contain exactly one value. */
export function decode(data: Uint8Array): ValueType {
  const reader = new Reader(data);
  const value = reader.read();
  if (!reader.isAtEnd) throw new EvalError("Messagepack decode did not consume whole array");
  return value;
}

class Writer {
  readonly bytes: number[] = [];

  write(value: ValueType): void {
    if (value === null) this.bytes.push(0xc0);
    else if (typeof value === "boolean") this.bytes.push(value ? 0xc3 : 0xc2);
    else if (typeof value === "number") this.#number(value);
    else if (typeof value === "bigint") this.#bigint(value);
    else if (typeof value === "string") this.#text(value);
    else if (value instanceof Uint8Array) {
      this.#head(value.length, undefined, [0xc4, 0xc5, 0xc6]);
      this.#append(value);
    } else if (isList(value)) {
      this.#head(value.length, { bits: 0x90, limit: 16 }, [undefined, 0xdc, 0xdd]);
      for (const item of value) this.write(item);
    } else this.#map(value);
  }

  #map(value: ValueMap): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && prototype !== Object.prototype) {
      throw new Error("Cannot safely encode value into messagepack");
    }
    const entries = Object.entries(value);
    this.#head(entries.length, { bits: 0x80, limit: 16 }, [undefined, 0xde, 0xdf]);
    for (const [key, item] of entries) {
      this.#text(key);
      this.write(item);
    }
  }

  #text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#head(bytes.length, { bits: 0xa0, limit: 32 }, [0xd9, 0xda, 0xdb]);
    this.#append(bytes);
  }

  /** Writes a length, in the type's own byte if it is below the limit. */
  #head(
    length: number,
    short: { bits: number; limit: number } | undefined,
    [one, two, four]: readonly (number | undefined)[],
  ): void {
    if (short !== undefined && length < short.limit) this.bytes.push(short.bits | length);
    else if (one !== undefined && length < 2 ** 8) this.bytes.push(one, length);
    else if (two !== undefined && length < 2 ** 16) {
      this.#packed(two, 2, (view) => view.setUint16(0, length));
    } else if (four !== undefined && length < 2 ** 32) {
      this.#packed(four, 4, (view) => view.setUint32(0, length));
    } else throw new Error("Cannot safely encode a size larger than 32 bits");
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || value >= 2 ** 32 || value < -(2 ** 31)) {
      this.#packed(0xcb, 8, (view) => view.setFloat64(0, value));
    } else if (value >= -32 && value < 128) this.bytes.push(value & 0xff);
    else if (value >= 2 ** 16) this.#packed(0xce, 4, (view) => view.setUint32(0, value));
    else if (value >= 2 ** 8) this.#packed(0xcd, 2, (view) => view.setUint16(0, value));
    else if (value >= 0) this.bytes.push(0xcc, value);
    else if (value >= -(2 ** 7)) this.bytes.push(0xd0, value & 0xff);
    else if (value >= -(2 ** 15)) this.#packed(0xd1, 2, (view) => view.setInt16(0, value));
    else this.#packed(0xd2, 4, (view) => view.setInt32(0, value));
  }

  #bigint(value: bigint): void {
    if (value < -(2n ** 63n) || value >= 2n ** 64n) {
      throw new Error("Cannot safely encode bigint larger than 64 bits");
    }
    if (value < 0n) this.#packed(0xd3, 8, (view) => view.setBigInt64(0, value));
    else this.#packed(0xcf, 8, (view) => view.setBigUint64(0, value));
  }

  #packed(type: number, length: number, set: (view: DataView) => void): void {
    const view = new DataView(new ArrayBuffer(length));
    set(view);
    this.bytes.push(type);
    this.#append(new Uint8Array(view.buffer));
  }

  #append(bytes: Uint8Array): void {
    for (const byte of bytes) this.bytes.push(byte);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(): ValueType {
    const type = this.#take(1).getUint8(0);
    if (type < 0x80) return type;
    if (type < 0x90) return this.#map(type & 0x0f);
    if (type < 0xa0) return this.#list(type & 0x0f);
    if (type < 0xc0) return this.#text(type & 0x1f);
    if (type >= 0xe0) return type - 0x100;
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#slice(this.#length(type - 0xc4));
      case 0xca:
        return this.#take(4).getFloat32(0);
      case 0xcb:
        return this.#take(8).getFloat64(0);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#length(type - 0xcc);
      case 0xcf:
        return this.#take(8).getBigUint64(0);
      case 0xd0:
        return this.#take(1).getInt8(0);
      case 0xd1:
        return this.#take(2).getInt16(0);
      case 0xd2:
        return this.#take(4).getInt32(0);
      case 0xd3:
        return this.#take(8).getBigInt64(0);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#length(type - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#length(type - 0xdb));
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(type - 0xdd));
    }
    throw new Error(`Cannot decode messagepack type 0x${type.toString(16)}: it is not supported`);
  }

  /** Reads an unsigned integer of 1, 2 or 4 bytes, by the logarithm of that. */
  #length(size: number): number {
    const view = this.#take(1 << size);
    if (size === 0) return view.getUint8(0);
    return size === 1 ? view.getUint16(0) : view.getUint32(0);
  }

  #take(length: number): DataView {
    const { buffer, byteOffset } = this.#slice(length);
    return new DataView(buffer, byteOffset, length);
  }

  #slice(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) {
      throw new EvalError("Messagepack decode reached end of array prematurely");
    }
    const slice = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }

  #text(length: number): string {
    return new TextDecoder().decode(this.#slice(length));
  }

  #list(length: number): ValueType[] {
    const list: ValueType[] = [];
    for (let index = 0; index < length; index++) list.push(this.read());
    return list;
  }

  #map(length: number): ValueMap {
    const map: ValueMap = {};
    for (let index = 0; index < length; index++) {
      const key = this.read();
      if (typeof key !== "string" && typeof key !== "number") {
        throw new EvalError("Cannot decode a key of a map: it must be a number or a string");
      }
      map[key] = this.read();
    }
    return map;
  }
}

function isList(value: readonly ValueType[] | ValueMap): value is readonly ValueType[] {
  return Array.isArray(value);
}
