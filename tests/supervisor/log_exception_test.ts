import { assert, assertEquals } from "@std/assert";
import { exceptionOf, type LogFrame } from "../../src/supervisor/log_exception.ts";

function framesOf(...lines: string[]): readonly LogFrame[] | undefined {
  const error = new Error("failed");
  error.stack = ["Error: failed", ...lines].join("\n");
  return exceptionOf(error, String)[0]?.frames;
}

const SHAPES: readonly [line: string, filename: string, lineno: number, name: string][] = [
  ["    at load (file:///srv/etl.ts:3:14)", "file:///srv/etl.ts", 3, "load"],
  ["    at async load (file:///srv/etl.ts:3:14)", "file:///srv/etl.ts", 3, "async load"],
  ["    at new Reader (file:///srv/etl.ts:3)", "file:///srv/etl.ts", 3, "new Reader"],
  ["    at file:///srv/etl.ts:3:14", "file:///srv/etl.ts", 3, "<anonymous>"],
  ["    at async file:///srv/etl.ts:3:14", "file:///srv/etl.ts", 3, "<anonymous>"],
  ["    at https://host:80/etl.ts:3:14", "https://host:80/etl.ts", 3, "<anonymous>"],
  ["    at Array.map (<anonymous>)", "<anonymous>", 0, "Array.map"],
  [
    "    at eval (eval at f (a.ts:1:2), <anonymous>:3:4)",
    "eval at f (a.ts:1:2), <anonymous>",
    3,
    "eval",
  ],
];

for (const [line, filename, lineno, name] of SHAPES) {
  Deno.test(`exceptionOf(): reads the stack frame "${line.trim()}"`, () => {
    assertEquals(framesOf(line), [{ filename, lineno, name }]);
  });
}

Deno.test("exceptionOf(): returns only V8's frames, the outermost call first", () => {
  const error = new Error("failed\n  at no frame");
  const frames = exceptionOf(error, String)[0]?.frames ?? [];
  assert(frames.at(-1)?.filename.endsWith("/log_exception_test.ts"), JSON.stringify(frames));
  assert((frames.at(-1)?.lineno ?? 0) > 0);
  assert(frames.every(({ filename }) => !filename.includes("no frame")));
});

/** The limit in seconds. Reading takes less if it is linear, and minutes if it is quadratic. */
const LIMIT = 2;

for (
  const [kind, line] of [
    ["open parentheses", "    at " + " (".repeat(2000)],
    ["colons and digits", "    at " + ":1".repeat(2000)],
    ["digits", "    at f (" + "1".repeat(4000)],
    ["a line separator at the end", "    at " + " (:1".repeat(1000) + "\u2028"],
  ] as const
) {
  Deno.test(`exceptionOf(): reads 10 MB of stack frames of ${kind} in bounded time`, () => {
    const lines = Array.from({ length: 10_000_000 / line.length }, () => line);
    const started = performance.now();
    const frames = framesOf(...lines);
    const seconds = (performance.now() - started) / 1000;
    assert(seconds < LIMIT, `${seconds} s`);
    assertEquals(frames?.length, 50);
  });
}
