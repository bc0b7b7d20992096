import { assertEquals } from "@std/assert";
import { readLogLine } from "../../src/local/supervisor/log_record.ts";

Deno.test("readLogLine(): maps levels as Airflow does and drops unknown ones", () => {
  const level = (level: unknown): string => {
    const line = readLogLine(JSON.stringify({ level, event: "e" }));
    return line.kind === "record" ? line.record.level : line.kind;
  };
  assertEquals(
    ["debug", "info", "warning", "warn", "error", "exception", "critical", "fatal"].map(level),
    ["debug", "info", "warning", "warning", "error", "error", "critical", "critical"],
  );
  assertEquals(
    ["INFO", "TRACE", "notset", 20, null, ["info"]].map(level),
    ["dropped", "dropped", "dropped", "dropped", "dropped", "breach"],
  );
});

Deno.test("readLogLine(): drops lines that are not JSON, with a reason", () => {
  for (const text of ["", "hello", '{"level":']) {
    assertEquals(readLogLine(text), { kind: "dropped", reason: "it is not JSON" });
  }
});

Deno.test("readLogLine(): recognizes lines that crash Airflow's supervisor", () => {
  const reasons = [
    { event: "no level" },
    [1, 2],
    7,
    null,
    { level: "info", msg: 1 },
    { level: "info", target: 1 },
    { level: "info", self: 1 },
    { level: "info", method_name: 1 },
    { level: "info", positional_args: 1 },
    { level: "info", stack: ["a"] },
    { level: "info", timestamp: "yesterday" },
    { level: "info", timestamp: 1_767_225_600 },
  ].map((line) => {
    const read = readLogLine(JSON.stringify(line));
    return read.kind === "breach" ? read.reason : read.kind;
  });
  assertEquals(reasons, [
    "the line has no level",
    "the line must be a JSON object",
    "the line must be a JSON object",
    "the line must be a JSON object",
    "field msg",
    "field target",
    "field self",
    "field method_name",
    "field positional_args",
    "field stack must be a string",
    'timestamp "yesterday" is invalid',
    "timestamp 1767225600 is invalid",
  ]);
});

Deno.test("readLogLine(): separates time, logger, fields and exception", () => {
  const exception = [{ exc_type: "Error", exc_value: "no", frames: [] }];
  const line = readLogLine(JSON.stringify({
    level: "error",
    event: "failed",
    timestamp: "2026-01-02T03:04:05.678901Z",
    logger: "etl.extract",
    exception,
    rows: 3,
    stack: "a text",
  }));
  assertEquals(line, {
    kind: "record",
    record: {
      time: "2026-01-02T03:04:05.678901Z",
      level: "error",
      logger: "etl.extract",
      event: "failed",
      fields: { rows: 3, stack: "a text" },
      exception,
      source: "task",
    },
  });
});

Deno.test("readLogLine(): reads __proto__ as an ordinary field", () => {
  const line = readLogLine('{"level":"info","event":"e","__proto__":{"polluted":true}}');
  assertEquals(line.kind === "record" && Object.keys(line.record.fields), ["__proto__"]);
  assertEquals(Object.hasOwn(Object.prototype, "polluted"), false);
});
