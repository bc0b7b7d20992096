/**
 * The decoder from MessagePack to values.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import { MAX_DEPTH } from "./encoder.ts";
import { readText } from "./text.ts";
import { readTimestamp, TIMESTAMP_EXT } from "./timestamp.ts";
import { setField } from "../values.ts";

const UINT32 = 0x1_0000_0000;
/** Up to this length, arrays are allocated at once; V8 makes longer ones slow dictionaries. */
const PREALLOCATED = 1024 * 1024;
/** Items of an array read by one call, which V8 optimizes earlier than one long loop. */
const RUN = 64;

/**
 * Decodes bytes that hold exactly one value.
 *
 * - safe integers become numbers, other integers bigints
 * - a map becomes a plain object, or a Map if one of its keys is not a string; the last of equal keys
 *   wins
 * - bin becomes a Uint8Array, a timestamp (extension -1) a `Temporal.Instant`
 *
 * The result does not refer to the input, which may be overwritten afterwards.
 *
 * @throws {TaskRuntimeError} `MALFORMED`, with the offset, for input that ends within the value or
 * continues after it, invalid UTF-8, nesting deeper than 512, the byte 0xc1, other extensions, and
 * timestamps that `Temporal.Instant` cannot hold
 *
 * @example
 * ```ts
 * import { decode } from "./decoder.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decode(new Uint8Array([0x81, 0xa4, 0x72, 0x6f, 0x77, 0x73, 42])), { rows: 42 });
 * ```
 */
export function decode(input: Uint8Array): unknown {
  const outer = { bytes, view, next, announced };
  bytes = input;
  view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  next = announced = 0;
  try {
    const value = readValue(0);
    const rest = bytes.length - next;
    if (rest > 0) throw malformed(next, `${rest} bytes follow the value`);
    return value;
  } finally {
    // Keeps no reference to a large frame.
    ({ bytes, view, next, announced } = outer);
  }
}

/** The input. Variables of the module, because fields of an object are slower in unoptimized code. */
let bytes: Uint8Array = new Uint8Array();
let view: DataView = new DataView(bytes.buffer);
/** The next byte to read. */
let next = 0;
/** The number of values that the heads so far have announced. */
let announced = 0;

function readValue(depth: number): unknown {
  const start = next;
  const type = bytes[start];
  if (type === undefined) throw endsEarly(1);
  next = start + 1;
  if (type < 0x80) return type;
  if (type < 0x90) return readMap(start, type & 0x0f, depth + 1);
  if (type < 0xa0) return readArray(start, type & 0x0f, depth + 1);
  if (type < 0xc0) return readString(start, type & 0x1f);
  if (type >= 0xe0) return type - 0x100;
  return readTyped(start, type, depth);
}

function readTyped(start: number, type: number, depth: number): unknown {
  switch (type) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xca:
      return view.getFloat32(take(4));
    case 0xcb:
      return view.getFloat64(take(8));
    case 0xcc:
      return view.getUint8(take(1));
    case 0xcd:
      return view.getUint16(take(2));
    case 0xce:
      return view.getUint32(take(4));
    case 0xd0:
      return view.getInt8(take(1));
    case 0xd1:
      return view.getInt16(take(2));
    case 0xd2:
      return view.getInt32(take(4));
    case 0xd9:
      return readString(start, readUint8());
    case 0xda:
      return readString(start, readUint16());
    case 0xdb:
      return readString(start, readUint32());
    case 0xdc:
      return readArray(start, readUint16(), depth + 1);
    case 0xdd:
      return readArray(start, readUint32(), depth + 1);
    case 0xde:
      return readMap(start, readUint16(), depth + 1);
    case 0xdf:
      return readMap(start, readUint32(), depth + 1);
    default:
      return type === 0xcf || type === 0xd3 ? readInt64(type) : readBytes(start, type);
  }
}

function readInt64(type: number): number | bigint {
  const at = take(8);
  const isSigned = type === 0xd3;
  const upper = isSigned ? view.getInt32(at) : view.getUint32(at);
  const value = upper * UINT32 + view.getUint32(at + 4);
  if (Number.isSafeInteger(value)) return value;
  return isSigned ? view.getBigInt64(at) : view.getBigUint64(at);
}

function readBytes(start: number, type: number): unknown {
  switch (type) {
    case 0xc4:
      return readBinary(readUint8());
    case 0xc5:
      return readBinary(readUint16());
    case 0xc6:
      return readBinary(readUint32());
    case 0xc7:
      return readExtension(start, readUint8());
    case 0xc8:
      return readExtension(start, readUint16());
    case 0xc9:
      return readExtension(start, readUint32());
    case 0xc1:
      throw malformed(start, "0xc1 is not a type of msgpack");
    default:
      return readExtension(start, 1 << (type - 0xd4));
  }
}

function readBinary(length: number): Uint8Array {
  const at = take(length);
  // A copy, because the connection may read into the buffer again.
  return new Uint8Array(bytes.subarray(at, at + length));
}

function readExtension(start: number, length: number): Temporal.Instant {
  const type = view.getInt8(take(1));
  const at = take(length);
  if (type !== TIMESTAMP_EXT) {
    throw malformed(start, `extension type ${type} is unknown`);
  }
  const instant = readTimestamp(view, at, length);
  if (typeof instant === "string") throw malformed(start, instant);
  return instant;
}

function readString(start: number, length: number): string {
  const at = take(length);
  const text = readText(bytes, at, length);
  if (text === undefined) throw malformed(start, "the string is not valid UTF-8");
  return text;
}

function readArray(start: number, length: number, depth: number): unknown[] {
  checkContainer(start, length, depth);
  const array = length > PREALLOCATED ? [] : new Array<unknown>(length);
  for (let i = 0; i < length; i += RUN) readItems(array, i, Math.min(length, i + RUN), depth);
  return array;
}

function readItems(array: unknown[], i: number, end: number, depth: number): void {
  for (; i < end; i++) array[i] = readValue(depth);
}

function readMap(
  start: number,
  length: number,
  depth: number,
): Record<string, unknown> | Map<unknown, unknown> {
  checkContainer(start, length * 2, depth);
  const record: Record<string, unknown> = {};
  for (let i = 0; i < length; i++) {
    const key = readStringKey();
    if (key === undefined) return readRestOfMap(record, length - i, depth);
    const value = readValue(depth);
    setField(record, key, value);
  }
  return record;
}

/** Reads the rest of a map from its first key that is not a string, as a Map. */
function readRestOfMap(
  record: Record<string, unknown>,
  length: number,
  depth: number,
): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>(Object.entries(record));
  for (let i = 0; i < length; i++) {
    const key = readStringKey() ?? readValue(depth);
    map.set(key, readValue(depth));
  }
  return map;
}

/** Reads a key that is a string; returns undefined, without reading, for another one. */
function readStringKey(): string | undefined {
  const start = next;
  const type = bytes[start];
  if (type === undefined) throw endsEarly(1);
  next = start + 1;
  let length: number;
  if (type >= 0xa0 && type < 0xc0) {
    length = type & 0x1f;
  } else if (type === 0xd9) {
    length = readUint8();
  } else if (type === 0xda) {
    length = readUint16();
  } else if (type === 0xdb) {
    length = readUint32();
  } else {
    next = start;
    return undefined;
  }
  const at = take(length);
  const key = readText(bytes, at, length);
  if (key === undefined) throw malformed(start, "the key is not valid UTF-8");
  return key;
}

function readUint8(): number {
  return view.getUint8(take(1));
}

function readUint16(): number {
  return view.getUint16(take(2));
}

function readUint32(): number {
  return view.getUint32(take(4));
}

/** Moves past `length` bytes and returns where they begin. */
function take(length: number): number {
  const at = next;
  if (length > bytes.length - at) throw endsEarly(length);
  next = at + length;
  return at;
}

/**
 * Checks the head of a container. A value takes at least one byte, so heads that together announce
 * more values than there are bytes are wrong. This makes it safe to allocate what a head announces.
 */
function checkContainer(start: number, values: number, depth: number): void {
  announced += values;
  const left = bytes.length - next;
  if (depth <= MAX_DEPTH && values <= left && announced <= bytes.length) return;
  throw malformed(
    start,
    depth > MAX_DEPTH
      ? `more than ${MAX_DEPTH} arrays and maps within each other`
      : `it announces ${values} values, and ${left} bytes are left`,
  );
}

function endsEarly(due: number): TaskRuntimeError {
  const left = bytes.length - next;
  return malformed(next, `it ends early, ${due} bytes are due and ${left} left`);
}

function malformed(at: number, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("MALFORMED", `Cannot decode value at byte ${at}: ${reason}`);
}
