/**
 * The faults that the fuzzers found, each in its smallest form.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { logLine } from "../../src/supervisor/log_line.ts";
import { decode } from "../../src/wire/decoder.ts";
import { encode, encodeFrame } from "../../src/wire/encoder.ts";

function shown(fields: Record<string, unknown>, error?: unknown): Record<string, unknown> {
  return JSON.parse(logLine({ level: "info", event: "e", logger: "task", fields, error }));
}

Deno.test("encode(): writes a long wide text whole when its buffer grows", () => {
  for (
    const text of ["é".repeat(100_000), "x".repeat(200_000) + "名", "a\u{1f600}".repeat(99_999)]
  ) {
    assert(decode(encode(text)) === text);
    assert(decode(encodeFrame([1, { text }]).subarray(4)) !== undefined);
  }
});

Deno.test("encode(): writes a wide text that ends at the end of the buffer", () => {
  const text = "é".repeat(200);
  // around one of these lengths the text just fits, and the head needs a byte more than was guessed
  for (let padding = 15_960; padding < 16_000; padding++) {
    // after a value of that size the encoder begins with a buffer of 16 KiB again
    encode(new Uint8Array(5 * 1024 * 1024));
    const value = ["p".repeat(padding), text, 7];
    const [first, second, third] = parts(decode(encode(value)));
    assert(first === value[0] && second === text && third === 7, `after ${padding} bytes`);
  }
});

function parts(value: unknown): unknown[] {
  assert(Array.isArray(value));
  return value;
}

Deno.test("logLine(): shows functions, getters, dates and errors that throw when read", () => {
  const hostile = (): never => {
    throw new Error("no");
  };
  const nameless = Object.defineProperty(() => 1, "name", { get: hostile });
  const date = Object.defineProperty(new Date(0), "toJSON", { value: () => 1n });
  const mute = Object.defineProperty(new Error(), "message", { get: hostile });
  const fields = {
    nameless,
    date,
    get mute(): never {
      throw mute;
    },
  };
  const group = Object.defineProperty(new AggregateError([], "many"), "errors", { get: hostile });
  const line = shown(fields, group);
  assertEquals(line["nameless"], "[function ?]");
  assertEquals(line["date"], "1");
  assertEquals(line["mute"], "[cannot read: thrown]");
  assertMatch(JSON.stringify(line["exception"]), /"exc_value":"many"/);
});

Deno.test("logLine(): writes a well-formed name of the logger", () => {
  const text = logLine({ level: "info", event: "e", logger: "task.\ud800" });
  assertEquals(JSON.parse(text)["logger"], "task.\ufffd");
});

Deno.test("logLine(): reads a stack in bounded time, whatever the message of the error", () => {
  const start = performance.now();
  shown({}, new Error(`x\n    at ${" (:1".repeat(50_000)}\u2028`));
  assert(performance.now() - start < 2000);
});

Deno.test("logLine(): bounds a value that holds the same lists many times", () => {
  let list: unknown[] = ["leaf"];
  for (let i = 0; i < 11; i++) list = new Array(10).fill(list);
  const start = performance.now();
  const text = logLine({ level: "info", event: "e", logger: "task", fields: { list } });
  assert(performance.now() - start < 2000 && text.length < 16 * 1024 * 1024);
});
