import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { LogRecord } from "../../../src/local/supervisor/log_record.ts";
import { authorCommand } from "../../author_command.ts";
import { type Ran, runTask, TASKS } from "../run_task.ts";

/** Returns the types of the terminal messages; there must be exactly one. */
function terminals({ requests }: Ran): string[] {
  const ends = ["SucceedTask", "RetryTask", "TaskState"];
  return requests.map(({ type }) => type).filter((type) => ends.includes(type));
}

function events(log: readonly LogRecord[]): [string, string, string][] {
  return log.map(({ level, logger, event }) => [level, logger, event]);
}

function exceptionOf(record: LogRecord | undefined): Record<string, unknown> {
  assert(record !== undefined && Array.isArray(record.exception));
  return record.exception[0];
}

Deno.test("serve(): pushes what the handler returns, and succeeds", async () => {
  const ran = await runTask("returns");
  assertEquals([ran.state, ran.exitCode, terminals(ran)], ["success", 0, ["SucceedTask"]]);
  assertEquals(ran.returned, { rows: 42, big: 2n ** 60n, nested: [1, { a: null }] });
  assertEquals(ran.requests.at(-1)?.body?.["task_outlets"], []);
  assertEquals(ran.requests.at(-1)?.body?.["outlet_events"], []);
});

for (const taskId of ["returns_nothing", "returns_null"]) {
  Deno.test(`serve(): pushes nothing when a task ${taskId.replace("_", " ")}`, async () => {
    const ran = await runTask(taskId);
    assertEquals([ran.state, ran.requests.map(({ type }) => type)], ["success", ["SucceedTask"]]);
  });
}

for (
  const [taskId, message] of [
    [
      "returns_function",
      "Cannot send the value at $.rows[0].run: must be a value that Python can read, got a function",
    ],
    [
      "returns_bytes",
      "Cannot send the value at $: must be a value that Python can read, got bytes",
    ],
    [
      "returns_nan",
      "Cannot send the value at $.a[0]: must be a value that Python can read, got NaN",
    ],
  ] as const
) {
  Deno.test(`serve(): names the place of an invalid value when a task ${taskId.replace("_", " a ")}`, async () => {
    const ran = await runTask(taskId);
    assertEquals([ran.state, ran.requests.map(({ type }) => type)], ["failed", ["TaskState"]]);
    assertEquals(exceptionOf(ran.log.at(-1)).exc_value, message);
  });
}

Deno.test("serve(): reports up_for_retry when the handler throws and retries are left", async () => {
  const ran = await runTask("throws", { retries: 1 });
  assertEquals([ran.state, ran.exitCode, terminals(ran)], ["up_for_retry", 0, ["RetryTask"]]);
  assertEquals(ran.requests.at(-1)?.body?.["retry_reason"], "TypeError: it broke");
});

Deno.test("serve(): reports failed on the last try, and logs the error with its cause", async () => {
  const ran = await runTask("throws", { retries: 1, tryNumber: 2 });
  assertEquals([ran.state, ran.exitCode, terminals(ran)], ["failed", 0, ["TaskState"]]);
  const record = ran.log.at(-1);
  assertEquals([record?.level, record?.event], ["error", "Task failed"]);
  const exception = exceptionOf(record);
  assertEquals([exception.exc_type, exception.exc_value], ["TypeError", "it broke"]);
  assertStringIncludes(JSON.stringify(exception.frames), "tasks.ts");
  assertStringIncludes(JSON.stringify(record?.exception), "deeper");
});

Deno.test("serve(): reports the string that the handler throws as the reason", async () => {
  const ran = await runTask("throws_text", { retries: 1 });
  assertEquals(ran.state, "up_for_retry");
  assertEquals(ran.requests.at(-1)?.body?.["retry_reason"], "just text");
});

Deno.test("serve(): reports removed and lists the bundle's tasks when it does not contain the task", async () => {
  const ran = await runTask("nothing_like_it");
  assertEquals([ran.state, terminals(ran)], ["removed", ["TaskState"]]);
  assertMatch(ran.log.at(-1)?.event ?? "", /Cannot run task "runtime.nothing_like_it".*"returns"/);
});

for (
  const [taskId, reason] of [
    ["exits_zero", "ExitRequest: Deno.exit(0) was called before the handler returned"],
    ["exits_node", "ExitRequest: Deno.exit(3) was called before the handler returned"],
    ["exits_and_catches", "ExitRequest: Deno.exit(0) was called before the handler returned"],
    ["rejects_aside", "Error: never caught"],
    ["throws_aside", "Error: thrown in a timer"],
  ] as const
) {
  Deno.test(`serve(): reports a failure when a handler ${taskId.replaceAll("_", " ")}`, async () => {
    const ran = await runTask(taskId, { retries: 1 });
    assertEquals([ran.state, ran.exitCode, terminals(ran)], ["up_for_retry", 0, ["RetryTask"]]);
    assertEquals(ran.requests.at(-1)?.body?.["retry_reason"], reason);
    assertEquals(ran.returned, undefined);
  });
}

Deno.test("serve(): exits when the handler left timers and a server", async () => {
  const ran = await runTask("leaves_timers", { overtimeSeconds: 5, command: authorCommand(TASKS) });
  assertEquals([ran.state, ran.exitCode, ran.failure], ["success", 0, undefined]);
});

Deno.test("serve(): reports success when something fails after the return", async () => {
  const ran = await runTask("fails_later");
  assertEquals([ran.state, ran.exitCode, terminals(ran)], ["success", 0, ["SucceedTask"]]);
});

Deno.test("serve(): waits for requests that the handler did not await", async () => {
  const ran = await runTask("asks_and_leaves");
  assertEquals(ran.requests.map(({ type }) => type), ["SetXCom", "SetXCom", "SucceedTask"]);
});

Deno.test("ctx.log: writes level, logger, fields and errors", async () => {
  const { log } = await runTask("logs");
  assertEquals(events(log), [
    ["info", "task", "plain"],
    ["warning", "task.http", "with fields"],
    ["error", "task", "with error"],
    ["critical", "task", "worst"],
  ]);
  assertEquals([log[0]?.fields, log[1]?.fields], [{ rows: 1, msg_: "renamed" }, {
    step: 2,
    url: "/",
  }]);
  assertEquals(exceptionOf(log[2]).exc_type, "RangeError");
});

Deno.test("ctx.log: follows the log levels of Airflow's settings", async () => {
  const { log } = await runTask("logs", {
    env: {
      AIRFLOW__LOGGING__LOGGING_LEVEL: "ERROR",
      AIRFLOW__LOGGING__NAMESPACE_LEVELS: "task.http=DEBUG",
    },
  });
  assertEquals(events(log).map(([, , event]) => event), ["with fields", "with error", "worst"]);
});

Deno.test("console: writes to the task log with its level, like stdout and stderr", async () => {
  const { log } = await runTask("prints");
  const told = events(log);
  assertEquals(told.filter(([, logger]) => logger === "task.console"), [
    ["info", "task.console", "printed 2 times { a: 1 }"],
    ["warning", "task.console", "careful"],
    ["error", "task.console", "Error: shown"],
    ["error", "task.console", "Assertion failed arithmetic"],
  ]);
  assert(told.some(([level, , event]) => level === "info" && event === "raw out"));
  assert(told.some(([level, , event]) => level === "error" && event === "raw err"));
});

Deno.test("TaskLogHandler: sends what @std/log loggers write", async () => {
  const { log, state } = await runTask("logs_with_std");
  assertEquals(state, "success");
  assertEquals(events(log), [["warning", "task.etl", "from std"]]);
  assertEquals(log[0]?.fields["rows"], 3);
  assertEquals(exceptionOf(log[0]).exc_value, "std error");
});

Deno.test("serve(): delivers the log lines of a handler's last tick", async () => {
  const { log } = await runTask("logs_many");
  assertEquals(log.length, 5000);
  assertEquals(log.at(-1)?.event, "line 4999");
});

Deno.test("ctx: contains the task instance and the Dag run", async () => {
  const logicalDate = Temporal.Instant.from("2026-01-02T03:04:05.678901Z");
  const ran = await runTask("tells_context", { logicalDate, mapIndex: 3, conf: { region: "eu" } });
  const [pushed] = ran.requests;
  assertEquals(pushed?.body?.["map_index"], 3);
  assertEquals(pushed?.body?.["value"], {
    same: true,
    ids: ["runtime", "tells_context", true],
    tryNumber: 1,
    mapIndex: 3,
    logicalDate: "2026-01-02T03:04:05.678901Z",
    conf: { region: "eu" },
  });
});

const FIXTURES = {
  connections: {
    warehouse: { conn_type: "postgres", host: "db", port: 5432, extra: '{"ssl": true}' },
  },
  variables: { settings: { a: 1 }, a: "1", b: "2", c: "3" },
  xcoms: { start: { return_value: { region: "eu" } } },
};

Deno.test("ctx: reads connections, variables and XComs", async () => {
  const { returned } = await runTask("reads", { fixtures: FIXTURES });
  assertEquals(returned, {
    connection: {
      connId: "warehouse",
      connType: "postgres",
      host: "db",
      schema: null,
      login: null,
      password: null,
      port: 5432,
      extra: { ssl: true },
    },
    json: { a: 1 },
    fallback: "fallback",
    upstream: { region: "eu" },
    mapped: null,
    missing: "none",
  });
});

Deno.test("ctx: writes and deletes variables and XComs", async () => {
  const { returned, store, requests } = await runTask("writes", { fixtures: FIXTURES });
  assertEquals(returned, ["a", "b", "c", "json", "plain"]);
  assertEquals([store.variable("plain"), store.variable("json")], ["text", '{"a":[1]}']);
  const put = requests.filter(({ type }) => type === "PutVariable");
  assertEquals(put.map(({ body }) => body?.["description"]), [null, "made by a test"]);
  const [xcom] = requests.filter(({ type }) => type === "SetXCom");
  assertEquals([xcom?.body?.["key"], xcom?.body?.["value"]], ["extra", { a: 1 }]);
});

Deno.test("ctx: answers concurrent reads with one request on the wire at a time", async () => {
  const { returned } = await runTask("reads_at_once", { fixtures: FIXTURES });
  assertEquals(returned, ["1", "2", "3"]);
});

Deno.test("ctx: names a missing or invalid value, with a code and the author's stack", async () => {
  const { returned } = await runTask("misses");
  assertEquals(returned, [
    ["NOT_FOUND", 'Cannot get connection "nowhere": it does not exist', true],
    ["NOT_FOUND", 'Cannot get variable "nothing": it does not exist', true],
    ["NOT_FOUND", 'Cannot get variable "nothing": it does not exist', true],
    ["INVALID", 'Cannot set variable "fn": a value of type function has no JSON form', true],
    [
      "INVALID",
      "Cannot send the value at $.f[0]: must be a value that Python can read, got a symbol",
      true,
    ],
  ]);
});

Deno.test("serve(): deletes the XComs of an earlier try when Airflow leaves it to the runtime", async () => {
  const { requests } = await runTask("returns_nothing", { xcomKeysToClear: ["a", "b"] });
  assertEquals(requests.map(({ type, body }) => [type, body?.["key"]]), [
    ["DeleteXCom", "a"],
    ["DeleteXCom", "b"],
    ["SucceedTask", undefined],
  ]);
});
