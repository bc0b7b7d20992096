import { assert, assertEquals } from "@std/assert";
import { LogBurst } from "../../src/supervisor/log_burst.ts";
import { logLine } from "../../src/supervisor/log_line.ts";
import { LogUnfolder } from "../../src/supervisor/log_unfolder.ts";
import { SecretsMask } from "../../src/supervisor/secrets_mask.ts";

/** What is sent of a burst. */
function textOf(burst: LogBurst, secrets: SecretsMask): string {
  const lines = burst.take();
  const [text = "", ...others] = [0, 7, Infinity].map((cold) => {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let text = "";
    for (const chunk of new LogUnfolder(secrets, cold).unfold(lines)) {
      assert(chunk.length > 0);
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  });
  for (const other of others) assertEquals(other, text, "the ways differ");
  return text;
}

/** The lines without the time. */
function linesOf(burst: LogBurst, secrets: SecretsMask): Record<string, unknown>[] {
  const text = textOf(burst, secrets);
  assertEquals(text.at(-1), "\n", "the last line ends too");
  return text.slice(0, -1).split("\n").map((line) => {
    const { timestamp: _, ...rest } = JSON.parse(line);
    return rest;
  });
}

function burstOf(events: readonly string[], logger: string, secrets: SecretsMask): unknown[] {
  const burst = new LogBurst(secrets);
  for (const event of events) burst.add("info", logger, event);
  return linesOf(burst, secrets);
}

function oneByOne(events: readonly string[], logger: string, secrets: SecretsMask): unknown[] {
  return events.map((event) => {
    const line = logLine({ level: "info", event, logger }, secrets);
    const { timestamp: _, ...rest } = JSON.parse(line);
    return rest;
  });
}

const PLAIN = ["first", "", "second ~!", "[third]", "fourth", "a fifth, of some length"];
const LETTERS = [...PLAIN, "é €"];
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
/** In every place of four bytes, among plain ones. */
const ODD = ASCII.flatMap((odd) => [0, 1, 2, 3].map((at) => "x".repeat(at) + odd));

for (
  const [what, events, logger] of [
    ["plain texts", PLAIN, "task"],
    ["one text", ["alone"], "task"],
    ["letters beyond ASCII", LETTERS, "task"],
    ["a thousand plain texts", Array.from({ length: 1000 }, (_, i) => `line ${i}`), "task"],
    ["a thousand empty texts", Array.from({ length: 1000 }, () => ""), "task"],
    [
      "plain texts in many pieces",
      Array.from({ length: 40 }, (_, i) => "x".repeat(997 * i)),
      "task",
    ],
    [
      "odd texts far apart",
      Array.from({ length: 1000 }, (_, i) => i % 400 ? "plain" : "é\n"),
      "task",
    ],
    ["a logger of a long name", PLAIN, "task." + "x".repeat(5000)],
    ["a logger of odd letters", PLAIN, "task.é€\ud83d\ude00"],
    ["quotes and newlines", [...PLAIN, 'a "b"\n\\', '"}\n{"', "\u0000\u001f"], "task"],
    ["halves of characters side by side", [...PLAIN, "\ud83d", "\ude00", "\ud83d\ude00"], "task"],
    ["the character that separates them", [...PLAIN, "a\x7fb", "\x7f", "last"], "task"],
    ["a logger with all that a replacement knows", PLAIN, 'task.$&$1$`$$"\ud800'],
    ["a text that is cut", ["x".repeat(300_000), "y"], "task"],
  ] as const
) {
  Deno.test(`LogUnfolder makes of ${what} what logLine() makes one by one`, () => {
    const none = new SecretsMask();
    assertEquals(burstOf(events, logger, none), oneByOne(events, logger, none));
    const secrets = new SecretsMask();
    secrets.add("hunter2-hunter2");
    const some = events.flatMap((event) => [event, `is hunter2-hunter2 ${event}`]);
    assertEquals(burstOf(some, logger, secrets), oneByOne(some, logger, secrets));
    assertEquals(JSON.stringify(burstOf(some, logger, secrets)).includes("hunter2"), false);
  });
}

Deno.test("LogUnfolder makes of each ASCII character, wherever it is, what logLine() makes", () => {
  const none = new SecretsMask();
  for (const odd of ODD) {
    const events = [...PLAIN, odd, "last"];
    assertEquals(burstOf(events, "task", none), oneByOne(events, "task", none), Deno.inspect(odd));
  }
});

Deno.test("LogUnfolder makes no one line of two for a secret that seems to reach from one to the next", () => {
  for (const secret of ["begin\x7fend", "beginend"]) {
    const secrets = new SecretsMask();
    secrets.add(secret);
    for (const more of [[], PLAIN, ["a\x7fb"]]) {
      const events = ["in the begin", "end of it", ...more];
      assertEquals(burstOf(events, "task", secrets), oneByOne(events, "task", secrets));
    }
  }
});

Deno.test("LogUnfolder masks what is learnt while the events wait", () => {
  for (const count of [1, 100]) {
    const secrets = new SecretsMask();
    const burst = new LogBurst(secrets);
    for (let i = 0; i < count; i++) burst.add("info", "task", "password hunter2");
    secrets.add("hunter2");
    for (const { event } of linesOf(burst, secrets)) assertEquals(event, "password ***");
  }
});

Deno.test("LogUnfolder sends a long line in several chunks, and what was ready before it", () => {
  const secrets = new SecretsMask();
  const burst = new LogBurst(secrets);
  const long = "é€😀".repeat(100_000);
  for (const event of PLAIN) burst.add("info", "task", event);
  burst.addLine(`{"event":"${long}"}\n`);
  burst.add("info", "task", "after");
  assertEquals(linesOf(burst, secrets).map(({ event }) => event), [...PLAIN, long, "after"]);
});

Deno.test("LogBurst keeps the order of what does not begin alike, and is empty once taken", () => {
  const secrets = new SecretsMask();
  const burst = new LogBurst(secrets);
  burst.add("info", "task", "first");
  burst.add("warning", "task", "another level");
  burst.addLine('{"event":"a line"}\n');
  burst.addLine('{"event":"one more"}\n');
  burst.add("warning", "task", "and back");
  burst.add("warning", "task.http", "another logger");
  assertEquals(burst.size, 6);
  assertEquals(linesOf(burst, secrets), [
    { level: "info", logger: "task", event: "first" },
    { level: "warning", logger: "task", event: "another level" },
    { event: "a line" },
    { event: "one more" },
    { level: "warning", logger: "task", event: "and back" },
    { level: "warning", logger: "task.http", event: "another logger" },
  ]);
  assertEquals([burst.size, burst.isFull], [0, false]);
  burst.addLine('{"event":"next"}\n');
  assertEquals(linesOf(burst, secrets), [{ event: "next" }]);
});

Deno.test("LogBurst is full after some long texts, and after many short ones", () => {
  const burst = new LogBurst(new SecretsMask());
  for (const [event, most] of [["x".repeat(2000), 100], ["", 2048]] as const) {
    let count = 0;
    for (; !burst.isFull; count++) burst.add("info", "task", event);
    assertEquals([count <= most, burst.take().ends.length], [true, count]);
  }
});

Deno.test("LogBurst is full some milliseconds after its first event", () => {
  const burst = new LogBurst(new SecretsMask());
  for (let round = 0; round < 2; round++) {
    const begin = Date.now();
    burst.add("info", "task", "early");
    assertEquals(burst.isFull, false);
    while (Date.now() < begin + 20);
    burst.add("info", "task", "late");
    assertEquals([burst.isFull, burst.take().ends.length], [true, 2]);
  }
});

Deno.test("LogBurst keeps each event's own time", () => {
  const secrets = new SecretsMask();
  const burst = new LogBurst(secrets);
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const begin = Date.now();
    while (Date.now() === begin);
    for (let k = 0; k < 10; k++) burst.add("info", "task", "now");
    times.push(begin);
  }
  const lines = textOf(burst, secrets).trimEnd().split("\n");
  lines.forEach((line, i) => {
    const after = Date.parse(JSON.parse(line).timestamp) - (times[Math.floor(i / 10)] ?? NaN);
    assert(after >= 1 && after < 1000, `${after} ms`);
  });
});
