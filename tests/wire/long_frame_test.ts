import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { encodeFrame, encodeToSend } from "../../src/wire/encoder.ts";
import { LONG_TEXT, LongFrame, LongTexts, utf8Length } from "../../src/wire/long_frame.ts";

const LONG = "0123456789abcdef".repeat(LONG_TEXT / 16);

/** Returns the bytes of all pieces and their number; each is copied before the next is made. */
function sent(frame: Uint8Array | LongFrame): { bytes: Uint8Array; pieces: number } {
  assertInstanceOf(frame, LongFrame);
  const parts: Uint8Array[] = [];
  for (const piece of frame.pieces()) parts.push(piece.slice());
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, pieces: parts.length };
}

/** Fails fast, and without printing megabytes. */
function assertSameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  assertEquals(actual.length, expected.length, what);
  const at = actual.findIndex((byte, index) => byte !== expected[index]);
  assertEquals(at, -1, `${what}: byte ${at} differs`);
}

function manyKeys(): Record<string, unknown> {
  return Object.fromEntries([
    ["first", LONG],
    ...Array.from({ length: 70_000 }, (_, i): [string, unknown] => [`key ${i}`, i]),
    ["last", LONG],
  ]);
}

for (
  const [what, value] of [
    ["one long text", LONG],
    ["a text that ends with its piece", [LONG.slice(5), LONG]],
    ["a text of many pieces", [1, { type: "SetXCom", value: LONG.repeat(7) + "end" }, null]],
    ["several, with short ones between", { a: LONG, b: "short", c: [LONG, LONG], d: 1.5 }],
    ["a map whose head grows before and behind", manyKeys()],
    ["16 keys", Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, LONG]))],
    ["many bytes before, between and behind", [rows(), LONG, rows(), LONG, rows()]],
    ["a long key", new Map([[LONG, LONG], ["b", "c"]])],
    ["Latin-1", `${"Größe ".repeat(LONG_TEXT / 4)}!`],
    ["three bytes a unit", "€".repeat(LONG_TEXT * 2)],
    ["pairs", "😀".repeat(LONG_TEXT)],
    ["ASCII but for its last unit", `${LONG}ä`],
  ] as const
) {
  Deno.test(`LongFrame.pieces(): yields the bytes of encodeFrame() for ${what}`, () => {
    const { bytes, pieces } = sent(encodeToSend(value));
    assertSameBytes(bytes, encodeFrame(value), what);
    assert(pieces > 1, "it is more than one piece");
  });
}

function rows(): unknown[] {
  return Array.from({ length: 40_000 }, (_, id) => ({ id, name: `row ${id}` }));
}

Deno.test("LongFrame.pieces(): cuts no character in two", () => {
  for (const character of ["ä", "€", "😀"]) {
    // A character has four bytes at the most.
    for (let before = 0; before < 4; before++) {
      const text = "x".repeat(before) + character.repeat(LONG_TEXT);
      for (const value of [text, [text, text], ["y".repeat(before), text]]) {
        assertSameBytes(sent(encodeToSend(value)).bytes, encodeFrame(value), character);
      }
      assertEquals(utf8Length(text), new TextEncoder().encode(text).length);
    }
  }
});

Deno.test("LongFrame.pieces(): yields the same bytes each time", () => {
  const frame = encodeToSend([LONG, LONG]);
  assertSameBytes(sent(frame).bytes, sent(frame).bytes, "twice");
});

Deno.test("encodeToSend(): returns bytes for values without long texts", () => {
  for (const value of [[1, { type: "GetVariable", key: "a" }], LONG.slice(1), rows()]) {
    const frame = encodeToSend(value);
    assertInstanceOf(frame, Uint8Array);
    assertSameBytes(frame, encodeFrame(value), "the same bytes");
  }
});

Deno.test("encodeToSend(): refuses the values that encodeFrame() refuses", () => {
  for (const bad of [`${LONG}\ud800`, `\udc00${LONG}`, [LONG, () => {}], [LONG, 2n ** 64n]]) {
    const error = assertThrows(() => encodeToSend({ bad }), TaskRuntimeError);
    assertEquals(error.code, "INVALID");
    assertEquals(error.message, assertThrows(() => encodeFrame({ bad }), TaskRuntimeError).message);
  }
  const after = encodeToSend([1]);
  assertInstanceOf(after, Uint8Array, "what was refused is not left for the next");
});

Deno.test("encodeToSend(): counts long texts towards the limit of a frame", () => {
  // The same text many times: 4 GiB that take little memory.
  const text = LONG.repeat(1024);
  const error = assertThrows(() => encodeToSend(new Array(16).fill(text)), TaskRuntimeError);
  assertEquals(error.code, "INVALID");
  assert(error.message.includes("more than 4294967295 bytes"), error.message);
});

Deno.test("LongTexts.move(): leaves texts before the given byte alone", () => {
  const texts = new LongTexts();
  for (const [text, at] of [["a", 5], ["bc", 10], ["def", 15]] as const) {
    texts.add(text, text.length, at);
  }
  texts.move(5, 2);
  assertEquals([...texts].map(({ at }) => at), [5, 12, 17]);
});
