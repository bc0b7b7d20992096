import { assert, assertEquals } from "@std/assert";
import { SecretPatterns } from "../../src/supervisor/secret_patterns.ts";

/** Patterns that have come to know the texts one by one, with something to look through between. */
function grown(texts: readonly string[]): SecretPatterns {
  const patterns = new SecretPatterns();
  for (const text of texts) {
    patterns.add(text);
    patterns.replace("a line of the log", "***");
  }
  return patterns;
}

const MANY = Array.from({ length: 450 }, (_, i) => `text ${i}!`);

Deno.test("SecretPatterns finds each of many texts, whenever it came to be known", () => {
  const patterns = grown(MANY);
  assertEquals(patterns.replace(`<${MANY.join("><")}>`, "*"), "<*>".repeat(MANY.length));
  assertEquals(patterns.replace("text 450! text", "*"), "text 450! text");
});

Deno.test("SecretPatterns leaves no rest of a text that holds another, whichever was known first", () => {
  const long = "a long one ".repeat(200);
  const texts = ["inner", ...MANY, "an inner one", "inner text 7! and", long, `${long}, longer`];
  const expected = "(*) (*) (*) (*) (*)";
  const text = `(an inner one) (inner text 7! and) (inner) (${long}, longer) (${long})`;
  assertEquals(grown(texts).replace(text, "*"), expected);
  assertEquals(grown(texts.toReversed()).replace(text, "*"), expected);
});

Deno.test("SecretPatterns covers what texts of different times share", () => {
  assertEquals(
    grown(["abcdef", ...MANY, "defghi"]).replace("<abcdefghi> abcdefdefghi", "*"),
    "<*> **",
  );
});

Deno.test("SecretPatterns makes each text part of a pattern few times, however many follow", () => {
  const { RegExp: Native } = globalThis;
  let length = 0;
  class Measured extends Native {
    constructor(pattern: string | RegExp, flags?: string) {
      super(pattern, flags);
      length += String(pattern).length;
    }
  }
  Reflect.set(globalThis, "RegExp", Measured);
  try {
    const texts = Array.from({ length: 3000 }, (_, i) => `text ${i}`);
    grown(texts);
    assert(length < 100 * texts.join().length, `${length}`);
  } finally {
    Reflect.set(globalThis, "RegExp", Native);
  }
});
