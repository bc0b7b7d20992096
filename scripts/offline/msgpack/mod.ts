/**
 * Stand-in for `@std/msgpack`, over `npm:@msgpack/msgpack`, for machines that cannot reach JSR.
 *
 * It keeps the real package's bounds: no extension types, only plain objects, 64-bit integers as
 * bigint and larger numbers as floats.
 *
 * @module
 */
import {
  decode as decodeValue,
  encode as encodeValue,
  type ExtensionCodecType,
} from "npm:@msgpack/msgpack@3.1.2";

/** What can be written. */
export type ValueType =
  | number
  | bigint
  | string
  | boolean
  | null
  | Uint8Array<ArrayBuffer>
  | ValueType[]
  | ValueMap;

/** An object whose values can be written. */
export interface ValueMap {
  [index: string | number]: ValueType;
}

const NO_EXTENSIONS: ExtensionCodecType<undefined> = {
  tryToEncode: () => null,
  decode: () => {
    throw new Error("Extension types are not supported");
  },
};
const MAX_DEPTH = 2000;

/** The bytes of a value; throws on what the real package cannot write. */
export function encode(object: ValueType): Uint8Array {
  assertWritable(object);
  return encodeValue(object, {
    extensionCodec: NO_EXTENSIONS,
    useBigInt64: true,
    maxDepth: MAX_DEPTH,
  });
}

/** The value of the bytes; throws when they hold less or more than one. */
export function decode(data: Uint8Array): ValueType {
  let value: unknown;
  try {
    value = decodeValue(data, { extensionCodec: NO_EXTENSIONS, useBigInt64: true });
  } catch (cause) {
    if (!(cause instanceof RangeError) || !cause.message.startsWith("Extra ")) throw cause;
    throw new EvalError("MessagePack decode did not consume whole array", { cause });
  }
  assertWritable(value);
  return value;
}

function assertWritable(value: unknown): asserts value is ValueType {
  switch (typeof value) {
    case "number":
    case "string":
    case "boolean":
      return;
    case "bigint":
      if (value === BigInt.asIntN(64, value) || value === BigInt.asUintN(64, value)) return;
      throw new Error("Cannot safely encode bigint larger than 64 bits");
    case "object":
      if (value === null || value instanceof Uint8Array) return;
      if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) {
        for (const part of Object.values(value)) assertWritable(part);
        return;
      }
  }
  throw new Error("Cannot safely encode value into messagepack");
}
