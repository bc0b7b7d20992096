import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";
import { hex, join, repeat } from "./bytes.ts";

const codec = { permissions: "none" } as const;

function assertEncodes(value: unknown, ...parts: (string | Uint8Array)[]): void {
  assertEquals(encode(value).toHex(), join(...parts).toHex());
}

function assertRefuses(value: unknown, message: string): void {
  const error = assertThrows(() => encode(value), TaskRuntimeError);
  assertEquals(error.code, "INVALID");
  assertEquals(error.message, message);
}

Deno.test("encode(): writes nil, booleans and a lone undefined", codec, () => {
  assertEncodes(null, "c0");
  assertEncodes(undefined, "c0");
  assertEncodes(false, "c2");
  assertEncodes(true, "c3");
});

Deno.test(
  "encode(): writes integers in the smallest form, at both sides of each bound",
  codec,
  () => {
    assertEncodes(0, "00");
    assertEncodes(0x7f, "7f");
    assertEncodes(0x80, "cc80");
    assertEncodes(0xff, "ccff");
    assertEncodes(0x100, "cd0100");
    assertEncodes(0xffff, "cdffff");
    assertEncodes(0x10000, "ce00010000");
    assertEncodes(0x7fffffff, "ce7fffffff");
    assertEncodes(0x80000000, "ce80000000");
    assertEncodes(0xffffffff, "ceffffffff");
    assertEncodes(0x100000000, "cf0000000100000000");
    assertEncodes(Number.MAX_SAFE_INTEGER, "cf001fffffffffffff");
    assertEncodes(-1, "ff");
    assertEncodes(-0x20, "e0");
    assertEncodes(-0x21, "d0df");
    assertEncodes(-0x80, "d080");
    assertEncodes(-0x81, "d1ff7f");
    assertEncodes(-0x8000, "d18000");
    assertEncodes(-0x8001, "d2ffff7fff");
    assertEncodes(-0x80000000, "d280000000");
    assertEncodes(-0x80000001, "d3ffffffff7fffffff");
    assertEncodes(-0x100000000, "d3ffffffff00000000");
    assertEncodes(Number.MIN_SAFE_INTEGER, "d3ffe0000000000001");
  },
);

Deno.test("encode(): writes an epoch in milliseconds as an integer", codec, () => {
  assertEncodes(1_767_323_045_678, "cf 0000019b7ca98f2e");
});

Deno.test("encode(): writes other numbers as float64", codec, () => {
  assertEncodes(-0, "cb 8000000000000000");
  assertEncodes(0.5, "cb 3fe0000000000000");
  assertEncodes(-1.25, "cb bff4000000000000");
  assertEncodes(2 ** 53, "cb 4340000000000000");
  assertEncodes(NaN, "cb 7ff8000000000000");
  assertEncodes(Infinity, "cb 7ff0000000000000");
  assertEncodes(-Infinity, "cb fff0000000000000");
});

Deno.test("encode(): writes bigint as 64 bits and refuses more", codec, () => {
  assertEncodes(0n, "cf 0000000000000000");
  assertEncodes(-1n, "d3 ffffffffffffffff");
  assertEncodes(2n ** 64n - 1n, "cf ffffffffffffffff");
  assertEncodes(-(2n ** 63n), "d3 8000000000000000");
  assertRefuses(2n ** 64n, "Cannot encode value at $: a bigint that does not fit into 64 bits");
  assertRefuses(
    [-(2n ** 63n) - 1n],
    "Cannot encode value at $[0]: a bigint that does not fit into 64 bits",
  );
});

Deno.test("encode(): writes strings in the smallest form, ASCII or not", codec, () => {
  const cases: [number, string][] = [
    [0, "a0"],
    [31, "bf"],
    [32, "d920"],
    [80, "d950"],
    [81, "d951"],
    [255, "d9ff"],
    [256, "da0100"],
    [65535, "daffff"],
    [65536, "db00010000"],
  ];
  for (const [length, head] of cases) {
    assertEncodes("a".repeat(length), head, repeat(length, 0x61));
    if (length < 2) continue;
    // the same number of bytes in fewer characters: the head is guessed first, then put right
    const wide = "é" + "a".repeat(length - 2);
    assertEncodes(wide, head, "c3a9", repeat(length - 2, 0x61));
    const wideLast = "a".repeat(length - 2) + "é";
    assertEncodes(wideLast, head, repeat(length - 2, 0x61), "c3a9");
  }
});

Deno.test(
  "encode(): writes the right head when a string has more bytes than characters",
  codec,
  () => {
    for (const [count, head] of [[11, "d921"], [86, "da0102"], [21846, "db00010002"]] as const) {
      const bytes = new TextEncoder().encode("€".repeat(count));
      assertEncodes("€".repeat(count), head, bytes);
    }
    assertEncodes("\u{1f600}\u{feff}", "a7 f09f9880 efbbbf");
  },
);

Deno.test("encode(): refuses lone surrogates, short, long and in keys", codec, () => {
  const reason = "a string with a lone surrogate";
  assertRefuses({ a: ["x\ud800"] }, `Cannot encode value at $.a[0]: ${reason}`);
  assertRefuses("é\ud800x", `Cannot encode value at $: ${reason}`);
  assertRefuses("\udc00x", `Cannot encode value at $: ${reason}`);
  assertRefuses("x".repeat(1000) + "\ud800", `Cannot encode value at $: ${reason}`);
  assertRefuses({ "\ud800": 1 }, `Cannot encode value at $["\\ud800"]: ${reason}`);
});

Deno.test("encode(): writes byte strings in each size class", codec, () => {
  const cases: [number, string][] = [
    [0, "c400"],
    [255, "c4ff"],
    [256, "c50100"],
    [65535, "c5ffff"],
    [65536, "c600010000"],
  ];
  for (const [length, head] of cases) {
    assertEncodes(repeat(length, 7), head, repeat(length, 7));
  }
  assertEncodes(new Uint8Array([1, 2, 3, 4]).subarray(1, 3), "c402 0203");
});

Deno.test("encode(): writes arrays in each size class", codec, () => {
  const cases: [number, string][] = [
    [0, "90"],
    [15, "9f"],
    [16, "dc0010"],
    [65535, "dcffff"],
    [65536, "dd00010000"],
  ];
  for (const [length, head] of cases) {
    assertEncodes(new Array(length).fill(null), head, repeat(length, 0xc0));
  }
  assertEncodes([undefined, , 1], "93 c0 c0 01"); // deno-lint-ignore no-sparse-arrays
});

Deno.test("encode(): writes maps in each size class, as objects and as Map", codec, () => {
  const cases: [number, string][] = [
    [0, "80"],
    [1, "81"],
    [15, "8f"],
    [16, "de0010"],
    [65535, "deffff"],
    [65536, "df00010000"],
  ];
  for (const [length, head] of cases) {
    const entries = Array.from({ length }, (_, i): [string, number] => [`k${i}`, i]);
    const pairs = entries.map(([key, value]) => encode(key).toHex() + encode(value).toHex()).join(
      "",
    );
    assertEncodes(Object.fromEntries(entries), head, pairs);
    assertEncodes(new Map(entries), head, pairs);
  }
});

Deno.test("encode(): leaves out keys whose value is undefined", codec, () => {
  assertEncodes({ a: undefined, b: 1, c: undefined }, "81 a162 01");
  assertEncodes(new Map([["a", undefined], ["b", 1]]), "81 a162 01");
  const sixteen = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, i]));
  assertEquals(encode({ ...sixteen, k0: undefined })[0], 0x8f);
});

Deno.test("encode(): writes own enumerable string keys only", codec, () => {
  const record = Object.defineProperty({ a: 1, [Symbol("s")]: 2 }, "hidden", { value: 3 });
  assertEncodes(record, "81 a161 01");
  assertEncodes(Object.assign(Object.create(null), { a: 1 }), "81 a161 01");
});

Deno.test("encode(): ignores properties added to Object.prototype", codec, () => {
  Object.defineProperty(Object.prototype, "stray", {
    value: 1,
    enumerable: true,
    configurable: true,
  });
  try {
    assertEncodes({ a: 1 }, "81 a161 01");
  } finally {
    Reflect.deleteProperty(Object.prototype, "stray");
  }
  assertEncodes({ stray: 1 }, "81 a57374726179 01");
});

Deno.test("encode(): writes Map keys of any kind", codec, () => {
  assertEncodes(new Map<unknown, unknown>([[1, "a"], [null, 2]]), "82 01 a161 c0 02");
});

Deno.test("encode(): does not call toJSON", codec, () => {
  assertRefuses(
    { toJSON: () => 1 },
    "Cannot encode value at $.toJSON: a function",
  );
});

Deno.test("encode(): refuses values without a MessagePack form, with the path", codec, () => {
  class Point {}
  const cases: [unknown, string][] = [
    [{ rows: [0, 1, 2, { fn: () => {} }] }, "$.rows[3].fn: a function"],
    [[Symbol("s")], "$[0]: a symbol"],
    [{ "a b": new Set([1]) }, '$["a b"]: a Set (spread it into an array)'],
    [Promise.resolve(1), "$: a Promise (await it first)"],
    [{ p: new Point() }, "$.p: an instance of Point"],
    [{ p: /x/ }, "$.p: an instance of RegExp"],
    [{ p: new Float64Array(1) }, "$.p: an instance of Float64Array"],
    [{ p: new ArrayBuffer(1) }, "$.p: an instance of ArrayBuffer"],
    [Object.create({ inherited: 1 }), "$: an object with an unusual prototype"],
    [Object.create(Object.create(null)), "$: an object with an unusual prototype"],
    [new Date(NaN), "$: an invalid Date"],
    [new Map<unknown, unknown>([[7, () => {}]]), "$[7]: a function"],
    [new Map<unknown, unknown>([[{}, () => {}]]), "$[a key]: a function"],
  ];
  for (const [value, rest] of cases) assertRefuses(value, `Cannot encode value at ${rest}`);
});

Deno.test("encode(): accepts a nesting depth of 512 and no more", codec, () => {
  const nest = (depth: number): unknown => {
    let value: unknown = [];
    for (let i = 1; i < depth; i++) value = i % 2 ? { a: value } : [value];
    return value;
  };
  encode(nest(512));
  const error = assertThrows(() => encode(nest(513)), TaskRuntimeError);
  assertStringIncludes(error.message, "more than 512 arrays and maps within each other");
});

Deno.test("encode(): refuses a cycle with a short message", codec, () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = { list: [cycle] };
  const error = assertThrows(() => encode(cycle), TaskRuntimeError);
  assertEquals(error.code, "INVALID");
  assertStringIncludes(error.message, "$.self.list[0].self");
  assertStringIncludes(error.message, "a cycle");
  assertEquals(error.message.length < 400, true);
});

Deno.test("encode(): may be called by a getter of the value that it encodes", codec, () => {
  const value = {
    a: "outer",
    get inner(): Uint8Array {
      return encode({ b: "inner" });
    },
    c: 1,
  };
  const inner = encode({ b: "inner" });
  assertEncodes(value, "83 a161 a56f75746572 a5696e6e6572 c4 09", inner, "a163 01");
});

Deno.test("encode(): works after a refusal and after a getter threw", codec, () => {
  assertRefuses([1, () => {}], "Cannot encode value at $[1]: a function");
  const thrown = new RangeError("mine");
  const throwing = {
    get a(): number {
      throw thrown;
    },
  };
  assertEquals(assertThrows(() => encode(throwing)), thrown);
  assertEncodes([1], "91 01");
});

Deno.test("encode(): returns bytes that later calls do not change", codec, () => {
  for (const size of [10, 100_000, 5_000_000]) {
    const first = encode("a".repeat(size));
    const before = first.slice();
    encode("b".repeat(size));
    assertEquals(first.every((byte, i) => byte === before[i]), true);
  }
});

Deno.test(
  "encodeFrame(): writes the big-endian length before the payload, in one buffer",
  codec,
  () => {
    assertEquals(encodeFrame([1, null]), hex("00000003 92 01 c0"));
    const long = encodeFrame("x".repeat(70_000));
    assertEquals(long.subarray(0, 9), hex("00011175 db00011170"));
    assertEquals(long.length, 70_009);
  },
);

Deno.test("encodeFrame(): limits the payload to maxBytes", codec, () => {
  const exact = encodeFrame("x".repeat(98), 100);
  assertEquals(exact.length, 104);
  for (
    const value of [
      "x".repeat(99),
      "x".repeat(10_000_000),
      new Uint8Array(10_000_000),
      new Array(1_000_000).fill("some text"),
    ]
  ) {
    const error = assertThrows(() => encodeFrame(value, 100), TaskRuntimeError);
    assertEquals(error.code, "INVALID");
    assertEquals(error.message, "Cannot encode value: it takes more than 100 bytes of MessagePack");
  }
});

Deno.test("encode(): encodes a value larger than the buffer that it keeps", codec, () => {
  const texts = Array.from({ length: 60 }, (_, i) => String(i % 10).repeat(100_000));
  assertEquals(decode(encode(texts)), texts);
});
