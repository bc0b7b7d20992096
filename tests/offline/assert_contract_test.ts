/**
 * What our tests rely on in `@std/assert`, whether it is the real one or the stand-in.
 *
 * @module
 */
import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
} from "@std/assert";

/** Holds the assertions to their own standard without using them. */
function refused(run: () => unknown): AssertionError {
  try {
    run();
  } catch (error) {
    if (error instanceof AssertionError) return error;
    throw error;
  }
  throw new Error(`Expected a refusal of ${run}`);
}

Deno.test("assert: throws on a falsy value, with the message", () => {
  assert(1);
  if (refused(() => assert(0, "zero")).message !== "zero") throw new Error("message lost");
  assertFalse("");
  refused(() => assertFalse("x"));
  refused(() => fail("so"));
});

Deno.test("assertEquals: compares by structure", () => {
  assertEquals({ a: [1, { b: "c" }] }, { a: [1, { b: "c" }] });
  assertEquals(NaN, NaN);
  assertEquals(0, -0);
  assertEquals(2n ** 64n, 18446744073709551616n);
  assertEquals(new Date(5), new Date(5));
  assertEquals(new Uint8Array([1, 2]), new Uint8Array([1, 2]));
  assertEquals(/a/g, /a/g);
  assertEquals<unknown>(Object.assign(Object.create(null), { a: 1 }), { a: 1 });
  refused(() => assertEquals({ a: 1 }, { a: 2 }));
  refused(() => assertEquals<unknown>(1, 1n));
  refused(() => assertEquals(new Uint8Array([1, 2]), new Uint8Array([1, 3])));
  refused(() => assertEquals([1, 2], [1]));
  refused(() => assertEquals(new Date(5), new Date(6)));
  refused(() => assertEquals<unknown>(null, undefined));
});

Deno.test("assertEquals: distinguishes an undefined property from a missing one", () => {
  refused(() => assertEquals<unknown>({ a: undefined }, {}));
  refused(() => assertEquals<unknown>({ a: undefined }, { b: undefined }));
});

Deno.test("assertEquals: distinguishes classes", () => {
  class Point {
    constructor(readonly x: number) {}
  }
  assertEquals(new Point(1), new Point(1));
  refused(() => assertEquals(new Point(1), new Point(2)));
  refused(() => assertEquals<unknown>(new Point(1), { x: 1 }));
  refused(() => assertEquals<unknown>([], {}));
});

Deno.test("assertEquals: compares Temporal.Instant by its time", () => {
  const instant = Temporal.Instant.from("2026-06-16T00:00:00.123456789Z");
  assertEquals(instant, Temporal.Instant.from(instant.toString()));
  refused(() => assertEquals(instant, instant.add({ nanoseconds: 1 })));
});

Deno.test("assertEquals: ignores the order of maps and sets", () => {
  assertEquals(new Map([["a", 1], ["b", 2]]), new Map([["b", 2], ["a", 1]]));
  assertEquals(new Set([{ a: 1 }, { b: 1 }]), new Set([{ b: 1 }, { a: 1 }]));
  refused(() => assertEquals(new Map([["a", 1]]), new Map([["a", 2]])));
  refused(() => assertEquals(new Set([1]), new Set([2])));
  refused(() => assertEquals<unknown>(new Set([1]), new Map([[1, 1]])));
});

Deno.test("assertEquals: terminates on cycles", () => {
  interface Node {
    next?: Node;
  }
  const a: Node = {};
  a.next = a;
  const b: Node = {};
  b.next = b;
  assertEquals(a, b);
});

Deno.test("assertEquals: throws an error with the values and the message", () => {
  const { message } = refused(() => assertEquals({ state: "up" }, { state: "down" }, "lamp"));
  for (const part of ["lamp", "up", "down"]) assertStringIncludes(message, part);
});

Deno.test("assertThrows: returns the expected error", () => {
  const thrown = new TypeError("no such lamp");
  const raise = (): never => {
    throw thrown;
  };
  assertStrictEquals(assertThrows(raise), thrown);
  const error: TypeError = assertThrows(raise, TypeError, "lamp");
  assertStrictEquals(error, thrown);
  refused(() => assertThrows(raise, RangeError));
  refused(() => assertThrows(raise, TypeError, "cellar"));
  refused(() => assertThrows(() => {}));
});

Deno.test("assertRejects: resolves with the expected error", async () => {
  const thrown = new TypeError("no such lamp");
  const raise = (): Promise<never> => Promise.reject(thrown);
  assertStrictEquals(await assertRejects(raise), thrown);
  const error: TypeError = await assertRejects(raise, TypeError, "lamp");
  assertStrictEquals(error, thrown);
  await assertRejects(() => assertRejects(raise, RangeError), AssertionError);
  await assertRejects(() => assertRejects(raise, TypeError, "cellar"), AssertionError);
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError);
});

Deno.test("assertRejects: rejects when the function throws synchronously", async () => {
  const raise = (): Promise<never> => {
    throw new TypeError("too early");
  };
  await assertRejects(() => assertRejects(raise, TypeError), AssertionError);
});

Deno.test("assertObjectMatch: compares only the expected properties", () => {
  const actual = { id: 1, tags: { colour: "red", size: 2 }, list: [{ a: 1, b: 2 }] };
  assertObjectMatch(actual, { tags: { colour: "red" } });
  assertObjectMatch(actual, { list: [{ a: 1 }] });
  refused(() => assertObjectMatch(actual, { tags: { colour: "blue" } }));
  refused(() => assertObjectMatch(actual, { missing: 1 }));
});

Deno.test("assertArrayIncludes: compares items by structure, in any order", () => {
  assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }]);
  refused(() => assertArrayIncludes([{ a: 1 }], [{ a: 2 }]));
});

Deno.test("assert: compares numbers, strings and types", () => {
  const here: string | undefined = "here";
  assertExists(here);
  refused(() => assertExists(null));
  assertNotEquals<unknown>({ a: 1 }, { a: 2 });
  refused(() => assertNotEquals({ a: 1 }, { a: 1 }));
  refused(() => assertStrictEquals({}, {}));
  refused(() => assertStringIncludes("lamp", "cellar"));
  assertMatch("lamp-7", /^lamp-\d$/);
  refused(() => assertMatch("lamp", /\d/));
  assertInstanceOf(new TypeError(), Error);
  refused(() => assertInstanceOf({}, Error));
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(10, 11, 1);
  refused(() => assertAlmostEquals(1, 1.1));
  assertGreater(2, 1);
  refused(() => assertGreater(1, 1));
  assertGreaterOrEqual(1, 1);
  refused(() => assertGreaterOrEqual(0, 1));
  assertLess(1, 2);
  refused(() => assertLess(1, 1));
  assertLessOrEqual(1, 1);
  refused(() => assertLessOrEqual(2, 1));
});
