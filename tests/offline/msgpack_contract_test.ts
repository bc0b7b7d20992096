/**
 * What the dev supervisor and the codec's tests rely on in `@std/msgpack`, real or stand-in.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { decode, encode, type ValueType } from "@std/msgpack";

/** Values and their bytes by the MessagePack specification, for both directions. */
const PAIRS: readonly [ValueType, string][] = [
  [null, "c0"],
  [false, "c2"],
  [true, "c3"],
  [0, "00"],
  [127, "7f"],
  [128, "cc80"],
  [256, "cd0100"],
  [65536, "ce00010000"],
  [4294967295, "ceffffffff"],
  [-1, "ff"],
  [-32, "e0"],
  [-33, "d0df"],
  [-129, "d1ff7f"],
  [-32769, "d2ffff7fff"],
  [1.5, "cb3ff8000000000000"],
  [2n ** 63n, "cf8000000000000000"],
  [-(2n ** 63n), "d38000000000000000"],
  ["é", "a2c3a9"],
  ["a".repeat(32), `d920${"61".repeat(32)}`],
  [new Uint8Array([1, 2]), "c4020102"],
  [[1, [2]], "92019102"],
  [{ a: 1, b: { c: null } }, "82a16101a16281a163c0"],
];

Deno.test("msgpack: encode() and decode() agree with the specification", () => {
  for (const [value, hex] of PAIRS) {
    assertEquals(encode(value).toHex(), hex);
    assertEquals(decode(Uint8Array.fromHex(hex)), value);
  }
});

Deno.test("msgpack: encodes sizes up to 16 bits and above", () => {
  const array = Array.from({ length: 70_000 }, (_, i) => i % 100);
  const bytes = encode(array);
  assertEquals(bytes.subarray(0, 5).toHex(), "dd00011170");
  assertEquals(decode(bytes), array);
  assertEquals(encode("a".repeat(256)).subarray(0, 3).toHex(), "da0100");
  assertEquals(encode(Object.fromEntries(array.slice(0, 20).map((i) => [`k${i}`, i])))[0], 0xde);
});

Deno.test("msgpack: encodes integers from 2^32 as floats", () => {
  assertEquals(encode(2 ** 32).toHex(), "cb41f0000000000000");
  assertEquals(encode(-(2 ** 31) - 1)[0], 0xcb);
});

Deno.test("msgpack: decodes 64-bit integers as bigint, also small ones", () => {
  assertEquals(decode(Uint8Array.fromHex("cf0000000000000007")), 7n);
  assertEquals(decode(Uint8Array.fromHex("d3fffffffffffffff9")), -7n);
});

Deno.test("msgpack: decodes a view into a larger buffer at its own offset", () => {
  assertEquals(decode(Uint8Array.fromHex("00cd010000").subarray(1, 4)), 256);
});

Deno.test("msgpack: decode() rejects less or more than one value", () => {
  for (const hex of ["", "cd01", "a261", "c40501", "dc00", "9201", "81a161", "0102"]) {
    assertThrows(() => decode(Uint8Array.fromHex(hex)), EvalError);
  }
  assertThrows(() => decode(Uint8Array.fromHex("c1")), Error);
});

Deno.test("msgpack: decode() rejects extension types, including timestamps", () => {
  assertThrows(() => decode(Uint8Array.fromHex("d6ff00000001")), Error);
  assertThrows(() => decode(Uint8Array.fromHex("c70cff000000000000000000000001")), Error);
});

Deno.test("msgpack: decode() returns U+FFFD for bytes that are not UTF-8", () => {
  assertEquals(decode(Uint8Array.fromHex("a361ff62")), "a\ufffdb");
  assertEquals(encode("\ud800").toHex(), "a3efbfbd");
});

Deno.test("msgpack: decode() accepts only strings and numbers as keys", () => {
  assertEquals(decode(Uint8Array.fromHex("82a1610102a162")), { a: 1, 2: "b" });
  assertThrows(() => decode(Uint8Array.fromHex("81c001")), EvalError);
});

Deno.test("msgpack: encode() accepts an object without a prototype", () => {
  assertEquals(encode(Object.assign(Object.create(null), { a: 1 })).toHex(), "81a16101");
});

Deno.test("msgpack: encode() rejects values that are not plain data", () => {
  const hostile: unknown[] = [undefined, { a: undefined }, new Date(0), new Map(), 2n ** 64n];
  for (const value of hostile) {
    assertThrows(() => Reflect.apply(encode, undefined, [value]), Error);
  }
});
