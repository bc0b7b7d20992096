import { assert, assertEquals, assertMatch } from "@std/assert";
import { secretForms } from "../../src/supervisor/secret_forms.ts";
import { type LogEvent, logLine } from "../../src/supervisor/log_line.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";

function line(fields: LogEvent["fields"], error?: unknown): Record<string, unknown> {
  const text = logLine({ level: "info", event: "did it", logger: "task", fields, error });
  assertEquals(text.indexOf("\n"), text.length - 1, "one line, and its end");
  const { timestamp, level, event, logger, ...rest } = JSON.parse(text);
  assertMatch(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertEquals([level, event, logger], ["info", "did it", "task"]);
  return rest;
}

Deno.test("logLine(): writes the fields next to the event", () => {
  assertEquals(line({ rows: 42, ok: true, none: null, gone: undefined }), {
    rows: 42,
    ok: true,
    none: null,
  });
});

Deno.test("logLine(): renames fields that would end the supervisor or replace the line's own", () => {
  const names = ["msg", "target", "self", "method_name", "positional_args", "stack", "level"];
  const fields = Object.fromEntries(names.map((name) => [name, 1]));
  assertEquals(line({ ...fields, msg_: 2 }), {
    ...Object.fromEntries(names.map((name) => [`${name}_`, 1])),
    msg__: 2,
  });
});

Deno.test("logLine(): shows values without a form in JSON", () => {
  assertEquals(
    line({
      big: 2n ** 64n,
      nan: NaN,
      date: new Date(0),
      bad: new Date(NaN),
      map: new Map([["a", 1]]),
      set: new Set([1, "x"]),
      bytes: new Uint8Array(3),
      call: function work() {},
      url: new URL("https://example.com/"),
      instant: Temporal.Instant.from("2026-01-01T00:00:00Z"),
    }),
    {
      big: "18446744073709551616",
      nan: "NaN",
      date: "1970-01-01T00:00:00.000Z",
      bad: "Invalid Date",
      map: { a: 1 },
      set: [1, "x"],
      bytes: "[3 bytes]",
      call: "[function work]",
      url: "https://example.com/",
      instant: "2026-01-01T00:00:00Z",
    },
  );
});

Deno.test("logLine(): shows getters that throw, cycles, proxies and toJSON", () => {
  const cycle: Record<string, unknown> = { name: "a" };
  cycle["self"] = cycle;
  const hostile = {
    get secret() {
      throw new Error("no");
    },
    toJSON() {
      throw new Error("never called");
    },
  };
  const proxy = new Proxy({}, {
    ownKeys() {
      throw new Error("no keys");
    },
    getPrototypeOf() {
      throw new Error("no prototype");
    },
  });
  assertEquals(line({ cycle, hostile, proxy }), {
    cycle: { name: "a", self: "[circular]" },
    hostile: { secret: "[cannot read: no]", toJSON: "[function toJSON]" },
    proxy: "[cannot read]",
  });
});

Deno.test("logLine(): writes well-formed text, and cuts long text", () => {
  const { lone, long } = line({ lone: "a\ud800b", long: "x".repeat(300_000) });
  assertEquals(lone, "a\ufffdb");
  assertMatch(String(long), /^x{262144} … \[cut, 300000 characters\]$/);
});

Deno.test("logLine(): keeps a field called __proto__", () => {
  const fields = JSON.parse('{"__proto__":{"admin":true}}');
  const text = logLine({ level: "info", event: "e", logger: "task", fields });
  assertMatch(text, /"__proto__":\{"admin":true\}/);
});

Deno.test("logLine(): shows an error among the fields as Airflow's exception", () => {
  const cause = new RangeError("too far");
  const { exception, error } = line({ error: new Error("it broke", { cause }) });
  assertEquals(error, "Error: it broke");
  const [first, second] = exception as Record<string, unknown>[];
  assertEquals([first?.exc_type, first?.exc_value, first?.is_cause], ["Error", "it broke", false]);
  assertEquals([second?.exc_type, second?.exc_value, second?.is_cause], [
    "RangeError",
    "too far",
    true,
  ]);
});

Deno.test("logLine(): lists stack frames as Python does, the innermost last", () => {
  function inner(): never {
    throw new TypeError("here");
  }
  let error: unknown;
  try {
    inner();
  } catch (caught) {
    error = caught;
  }
  const [shown] = line(undefined, error).exception as { frames: Record<string, unknown>[] }[];
  const last = shown?.frames.at(-1);
  assertEquals(last?.name, "inner");
  assertMatch(String(last?.filename), /log_line_test\.ts$/);
  assertEquals(typeof last?.lineno, "number");
});

Deno.test("logLine(): shows the errors of an AggregateError, and thrown values that are not errors", () => {
  const group = new AggregateError([new Error("one"), "two"], "both");
  const [shown] = line(undefined, group).exception as {
    is_group: boolean;
    exceptions: { exc_type: string; exc_value: string }[][];
  }[];
  assertEquals(shown?.is_group, true);
  assertEquals(shown?.exceptions.map(([e]) => [e?.exc_type, e?.exc_value]), [
    ["Error", "one"],
    ["string", '"two"'],
  ]);
});

Deno.test("logLine(): masks a secret where it cuts a text", () => {
  const secrets = new SecretsMask();
  secrets.add("hunter2-hunter2");
  const long = "x".repeat(256 * 1024 - 3) + "hunter2-hunter2" + "y".repeat(100);
  const fields = { long, list: [{ long }] };
  const event: LogEvent = { level: "info", event: long, logger: "task", fields };
  const text = logLine({ ...event, error: new Error(long, { cause: long }) }, secrets);
  assertEquals([text.includes("hun"), text.includes("[cut, ")], [false, true]);
});

Deno.test("logLine(): bounds the length of a line", () => {
  const aggregate = new AggregateError([], "all");
  for (let i = 0; i < 10; i++) aggregate.errors.push(aggregate, new Error("x".repeat(1_000_000)));
  const control = Array.from({ length: 100 }, () => "\u0001".repeat(300_000));
  const event: LogEvent = { level: "info", event: "did it", logger: "task" };
  for (const part of [{ error: aggregate }, { fields: { control } }]) {
    const text = logLine({ ...event, ...part });
    assert(text.length < 8.1 * 1024 * 1024, `${text.length} characters`);
    assertEquals(JSON.parse(text).event, "did it");
  }
});

Deno.test("logLine(): masks secrets in JSON within a text", () => {
  const secrets = new SecretsMask(secretForms);
  const key = 'BEGIN\n"quoted"\\n';
  secrets.add(key);
  const body = JSON.stringify({ key });
  const line = JSON.parse(logLine({
    level: "info",
    event: `sent ${body}`,
    logger: "task",
    fields: { body, nested: [{ body }] },
    error: new Error(`refused: ${body}`),
  }, secrets));
  assertEquals(line.event, 'sent {"key":"***"}');
  assertEquals([line.body, line.nested[0].body], ['{"key":"***"}', '{"key":"***"}']);
  assertEquals(line.exception[0].exc_value, 'refused: {"key":"***"}');
});

Deno.test("logLine(): masks values at any depth, but neither names nor the level", () => {
  const secrets = new SecretsMask(secretForms);
  for (const word of ["error", "event", "level", "hunter2"]) secrets.add(word);
  const error = new TypeError("no hunter2", { cause: new Error("hunter2") });
  const line = JSON.parse(logLine({
    level: "error",
    event: "password hunter2",
    logger: "task",
    fields: { event: "x", nested: [{ hunter2: "hunter2" }] },
    error,
  }, secrets));
  const { exception, timestamp: _, ...rest } = line;
  assertEquals(rest, {
    level: "error",
    logger: "task",
    event: "password ***",
    event_: "x",
    nested: [{ hunter2: "***" }],
  });
  assertEquals([exception[0].exc_value, exception[1].exc_value], ["no ***", "***"]);
});
