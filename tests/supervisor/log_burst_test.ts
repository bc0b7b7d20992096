import { assertEquals } from "@std/assert";
import { LogBurst } from "../../src/supervisor/log_burst.ts";
import { logLine } from "../../src/supervisor/log_line.ts";
import { SecretsMask } from "../../src/supervisor/secrets_mask.ts";

/** The lines of a burst, without the time. */
function linesOf(burst: LogBurst): Record<string, unknown>[] {
  const text = burst.take();
  assertEquals(text.at(-1), "\n", "the last line ends too");
  return text.slice(0, -1).split("\n").map((line) => {
    const { timestamp: _, ...rest } = JSON.parse(line);
    return rest;
  });
}

/** Takes all events, however many milliseconds pass meanwhile. */
function burstOf(events: readonly string[], logger: string, secrets: SecretsMask): unknown[] {
  const burst = new LogBurst(secrets);
  const lines: unknown[] = [];
  for (const event of events) {
    if (burst.add("info", logger, event)) continue;
    lines.push(...linesOf(burst));
    burst.add("info", logger, event);
  }
  return [...lines, ...linesOf(burst)];
}

function oneByOne(events: readonly string[], logger: string, secrets: SecretsMask): unknown[] {
  return events.map((event) => {
    const line = logLine({ level: "info", event, logger }, secrets);
    const { timestamp: _, ...rest } = JSON.parse(line);
    return rest;
  });
}

const PLAIN = ["first", "", "é €", "third"];

for (
  const [what, events, logger] of [
    ["plain texts", PLAIN, "task"],
    ["one text", ["alone"], "task"],
    ["quotes and newlines", [...PLAIN, 'a "b"\n\\', '"}\n{"', "\u0000\u001f"], "task"],
    ["halves of characters side by side", [...PLAIN, "\ud83d", "\ude00", "\ud83d\ude00"], "task"],
    ["the character that separates them", [...PLAIN, "a\x7fb", "\x7f", "last"], "task"],
    ["a logger with all that a replacement knows", PLAIN, 'task.$&$1$`$$"\ud800'],
    ["a text that is cut", ["x".repeat(300_000), "y"], "task"],
  ] as const
) {
  Deno.test(`LogBurst makes of ${what} what logLine() makes one by one`, () => {
    const none = new SecretsMask();
    assertEquals(burstOf(events, logger, none), oneByOne(events, logger, none));
    const secrets = new SecretsMask();
    secrets.add("hunter2-hunter2");
    const some = events.flatMap((event) => [event, `is hunter2-hunter2 ${event}`]);
    assertEquals(burstOf(some, logger, secrets), oneByOne(some, logger, secrets));
    assertEquals(JSON.stringify(burstOf(some, logger, secrets)).includes("hunter2"), false);
  });
}

Deno.test("LogBurst makes no one line of two for a secret that seems to reach from one to the next", () => {
  const secrets = new SecretsMask();
  secrets.add("begin\x7fend");
  const lines = burstOf(["in the begin", "end of it"], "task", secrets);
  assertEquals(lines.length, 2);
  assertEquals(lines, oneByOne(["in the begin", "end of it"], "task", secrets));
});

Deno.test("LogBurst masks what is learnt while its events wait", () => {
  const secrets = new SecretsMask();
  const burst = new LogBurst(secrets);
  burst.add("info", "task", "password hunter2");
  secrets.add("hunter2");
  assertEquals(linesOf(burst)[0]?.["event"], "password ***");
});

Deno.test("LogBurst refuses what does not begin alike, and is empty once taken", () => {
  const burst = new LogBurst(new SecretsMask());
  assertEquals(burst.add("info", "task", "first"), true);
  assertEquals(burst.add("warning", "task", "another level"), false);
  assertEquals(burst.add("info", "task.http", "another logger"), false);
  assertEquals(linesOf(burst), [{ level: "info", logger: "task", event: "first" }]);
  assertEquals(burst.size, 0);
  assertEquals(burst.add("warning", "task", "another level"), true);
});

Deno.test("LogBurst is full at some 64 kB, and after a millisecond", () => {
  const burst = new LogBurst(new SecretsMask());
  let taken = 0;
  while (burst.add("info", "task", "x".repeat(2000))) taken++;
  assertEquals(burst.size, taken);
  assertEquals(taken <= 32, true, `${taken} of 2,080 characters`);
  const text = burst.take();
  const begin = Date.now();
  burst.add("info", "task", "early");
  while (Date.now() <= begin + 1);
  assertEquals(burst.add("info", "task", "late"), false);
  assertEquals(text.split("\n").length - 1, taken);
});
