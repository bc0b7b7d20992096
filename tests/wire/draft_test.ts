import { assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { Draft, type DraftRules } from "../../src/wire/draft.ts";
import { encode } from "../../src/wire/encoder.ts";
import { RandomValues } from "./random_value.ts";

const codec = { permissions: "none" } as const;

/** Rules that keep what they were asked to convert. */
function rules(converted: unknown[]): DraftRules {
  return {
    maxDepth: 3,
    isReserved: (key) => key === "_own",
    convert: (value) => {
      converted.push(value);
      return "form";
    },
  };
}

Deno.test("encode() writes a draft of plain JSON as it is", codec, () => {
  const converted: unknown[] = [];
  const values = [
    null,
    undefined,
    "ü",
    -0.5,
    { a: [1, { b: undefined, _c: true }], d: [] },
    new Array(300).fill([1, "x"]),
  ];
  for (const value of values) {
    const given = { before: 1, value: new Draft(value, rules(converted)), after: [2] };
    assertEquals(encode(given), encode({ before: 1, value: value ?? null, after: [2] }));
  }
  assertEquals(converted, []);
});

Deno.test(
  "encode() takes a draft back at anything else, and writes the whole's form",
  codec,
  () => {
    const values = [
      NaN,
      1n,
      new Date(0),
      new Uint8Array(1),
      () => {},
      new Map([["a", 1]]),
      "\ud800",
      { "\udc00": 1 },
      { _own: undefined },
      [[[[]]]],
    ];
    for (const inner of values) {
      const converted: unknown[] = [];
      const value = { rows: ["x".repeat(100_000), inner] };
      const given = [1, { value: new Draft(value, rules(converted)), at: new Date(0) }];
      assertEquals(encode(given), encode([1, { value: "form", at: new Date(0) }]));
      assertEquals(converted, [value]);
    }
  },
);

Deno.test("encode() passes on what a draft's rules throw, and works on", codec, () => {
  const failure = new TaskRuntimeError("INVALID", "no");
  const draft = new Draft([NaN], {
    ...rules([]),
    convert: () => {
      throw failure;
    },
  });
  assertEquals(assertThrows(() => encode({ draft })), failure);
  assertEquals(encode([NaN, 1n]), encode([NaN, 1n]));
});

Deno.test("encode() keeps a draft's rules from what a getter within it encodes", codec, () => {
  const converted: unknown[] = [];
  let inner: Uint8Array | undefined;
  const value = {
    get a(): number {
      inner = encode([NaN, new Date(0), { _own: 1 }]);
      return 1;
    },
    b: 2,
  };
  const bytes = encode(new Draft([value, value], rules(converted)));
  assertEquals(bytes, encode([{ a: 1, b: 2 }, { a: 1, b: 2 }]));
  assertEquals(inner, encode([NaN, new Date(0), { _own: 1 }]));
  assertThrows(() =>
    encode(
      new Draft([{
        get a(): never {
          throw new RangeError("x");
        },
      }], rules([])),
    ), RangeError);
  assertEquals(converted, []);
});

Deno.test(
  "encode() writes a draft as its value, or converts it, for 5,000 random values",
  codec,
  () => {
    const values = new RandomValues(11, { wide: true, instantDigits: 9, maps: true });
    let direct = 0;
    for (let i = 0; i < 5000; i++) {
      const converted: unknown[] = [];
      const value = values.next();
      const bytes = encode([new Draft(value, { ...rules(converted), maxDepth: 250 })]);
      if (converted.length === 0) direct++;
      assertEquals(bytes, encode(converted.length === 0 ? [value ?? null] : ["form"]));
    }
    assertEquals(direct > 500 && direct < 4900, true, `${direct} direct`);
  },
);
