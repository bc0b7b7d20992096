import { assertEquals } from "@std/assert";
import { formatLogRecord } from "../../src/local/report/log_line.ts";
import type { LogRecord } from "../../src/local/supervisor/log_record.ts";
import { formatSummary } from "../../src/local/report/table.ts";
import { formatTable, textWidth } from "../../src/local/report/table.ts";

const RECORD: LogRecord = {
  time: "2026-01-02T05:04:05.6789+02:00",
  level: "warning",
  logger: "",
  event: "slow",
  fields: { rows: 3, note: "two words", nothing: null },
  source: "task",
};

Deno.test("formatLogRecord(): shows the time in UTC and quotes fields when necessary", () => {
  assertEquals(
    formatLogRecord(RECORD, { color: false }),
    '03:04:05.678 WARNING  slow rows=3 note="two words" nothing=null',
  );
});

Deno.test("formatLogRecord(): uses colors only when requested", () => {
  const line = formatLogRecord(RECORD, { color: true });
  assertEquals(line.includes("\x1b[33mWARNING"), true);
});

Deno.test("formatLogRecord(): escapes control characters", () => {
  const line = formatLogRecord(
    { ...RECORD, event: "a\x1b[2Jb\nc", fields: { "k\r": "\x07" } },
    { color: false },
  );
  assertEquals(line, "03:04:05.678 WARNING  a\\x1b[2Jb\nc k\\x0d=\\x07");
});

Deno.test("formatLogRecord(): writes an exception and its causes below the line", () => {
  const frames = [{ filename: "etl.ts", lineno: 7, name: "" }];
  const exception = [
    { exc_type: "TypeError", exc_value: "no rows", frames },
    { exc_type: "Error", exc_value: "closed", is_cause: true, frames: [] },
  ];
  assertEquals(
    formatLogRecord({ ...RECORD, fields: {}, exception }, { color: false }).split("\n").slice(1),
    [
      "    TypeError: no rows",
      "        at <anonymous> (etl.ts:7)",
      "    Caused by: Error: closed",
    ],
  );
});

Deno.test("formatTable(): aligns wide, combined and cut cells", () => {
  assertEquals([textWidth("abc"), textWidth("抽出"), textWidth("e\u0301"), textWidth("🚀")], [
    3,
    4,
    1,
    2,
  ]);
  const text = formatTable(["A", "B"], [["抽出", "x"], ["e\u0301", "y"], ["🚀\n", "z"]]);
  assertEquals(text, "A       B\n抽出    x\ne\u0301       y\n🚀\\x0a  z");
  assertEquals(formatTable(["A"], [["抽".repeat(31)]]), `A\n${"抽".repeat(29)}…`);
});

Deno.test("formatSummary(): marks unexpected states and prints bigints", () => {
  const row = { reason: "", tries: 1, durationSeconds: 0.276, returnValue: undefined };
  const text = formatSummary({
    dagId: "etl",
    runId: "run",
    asExpected: false,
    tasks: [
      { ...row, taskId: "a", state: "success", expected: "success", returnValue: { n: 2n ** 60n } },
      { ...row, taskId: "b", state: "failed", expected: "failed" },
      { ...row, taskId: "c", state: "failed", expected: "success", tries: 2 },
    ],
  });
  assertEquals(
    text,
    [
      "TASK  STATE                      TRIES  DURATION  XCOM",
      'a     success                    1      0.28 s    {"n":"1152921504606846976"}',
      "b     failed (as expected)       1      0.28 s",
      "c     failed (expected success)  2      0.28 s",
    ].join("\n"),
  );
});
