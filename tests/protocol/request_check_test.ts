import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import type { SchemaVersion } from "../../src/protocol/generated.ts";
import { checkRequest, isRequest, requestFault } from "../../src/protocol/request_check.ts";
import type { RequestMessage } from "../../src/protocol/reply.ts";

const XCOM = { type: "SetXCom", key: "k", dag_id: "d", run_id: "r", task_id: "t" } as const;

function refusal(body: RequestMessage, date: SchemaVersion = "2026-10-30"): TaskRuntimeError {
  return assertThrows(() => checkRequest(body, date), TaskRuntimeError);
}

/** Returns the message of checkRequest() for an XCom value. */
function xcomFault(value: unknown): string | undefined {
  return requestFault({ ...XCOM, value }, "2026-06-16");
}

Deno.test("checkRequest(): names the message and the field that is missing", () => {
  const body: unknown = { type: "GetXCom", key: "k", dag_id: "d", run_id: "r" };
  const error = assertThrows(
    () => Reflect.apply(checkRequest, undefined, [body, "2026-06-16"]),
    TaskRuntimeError,
  );
  assertEquals(error.code, "INVALID");
  assertEquals(error.request, "GetXCom");
  assertEquals(error.message, 'Cannot send GetXCom: field "task_id" is missing');
});

Deno.test("checkRequest(): treats an undefined field as missing", () => {
  checkRequest({ type: "GetVariableKeys", prefix: undefined }, "2026-06-16");
  const fault = requestFault({ type: "GetVariable", key: undefined }, "2026-06-16");
  assertEquals(fault, 'field "key" is missing');
});

Deno.test("checkRequest(): refuses a key that Airflow would ignore, isRequest() does not", () => {
  const body = { type: "GetVariable", key: "k", deserialize: true } as const;
  const { code, message } = refusal(body);
  assertEquals(code, "INVALID");
  assertEquals(message, 'Cannot send GetVariable: field "deserialize" is unknown to GetVariable');
  assert(isRequest(body, "2026-10-30"));
});

Deno.test("checkRequest(): says which Airflow a newer message or field needs", () => {
  const message = refusal({ type: "SetExecutionTimeout", timeout_seconds: 5 }, "2026-06-16");
  assertEquals(message.code, "UNSUPPORTED");
  assertEquals(
    message.message,
    "Cannot send SetExecutionTimeout: it needs schema 2026-10-30 (Airflow 3.4), " +
      "and this bundle declares 2026-06-16",
  );
  const field = refusal({ type: "TaskState", state: "failed", retry_reason: "x" }, "2026-06-16");
  assertEquals(field.code, "UNSUPPORTED");
  checkRequest({ type: "TaskState", state: "failed", retry_reason: undefined }, "2026-06-16");
  checkRequest({ type: "SetExecutionTimeout", timeout_seconds: 5 }, "2026-10-30");
});

Deno.test("checkRequest(): refuses messages of the other channel", () => {
  const result = { type: "DagFileParsingResult", fileloc: "f", serialized_dags: [] } as const;
  const succeed = { type: "SucceedTask", end_date: Temporal.Now.instant() } as const;
  checkRequest(result, "2026-10-30");
  checkRequest(result, "2026-10-30", "ToManager");
  checkRequest(succeed, "2026-10-30", "ToSupervisor");
  assert(!isRequest(result, "2026-10-30", "ToSupervisor"));
  assert(!isRequest(succeed, "2026-10-30", "ToManager"));
});

Deno.test("isRequest(): returns false for values that are not requests, and inherited names", () => {
  for (
    const type of ["toString", "__proto__", "TaskInstance", "StartupDetails", "", 7, undefined]
  ) {
    assert(!isRequest({ type }, "2026-10-30"), String(type));
  }
  for (const body of [null, undefined, [], "GetVariable", new Map([["type", "ResendLoggingFD"]])]) {
    assert(!isRequest(body, "2026-10-30"));
  }
});

Deno.test("checkRequest(): names the path within lists and maps, but no value", () => {
  const secret = { type: "MaskSecret", value: { pass: ["hunter2", new Uint8Array(3)] } };
  assertEquals(
    requestFault(secret, "2026-06-16"),
    'field "value.pass[1]" must be a JSON value, not bytes',
  );
  const outlets = [{ type: "Asset", name: "a" }, { type: "Asset", name: 3 }];
  const succeed = { type: "SucceedTask", end_date: new Date(0), task_outlets: outlets };
  assertEquals(
    requestFault(succeed, "2026-06-16"),
    'field "task_outlets[1].name" must be a string, not a number',
  );
  assertEquals(
    requestFault({ type: "SkipDownstreamTasks", tasks: ["a", ["b", 1], ["c"]] }, "2026-06-16"),
    'field "tasks[2]" must be a pair',
  );
});

Deno.test("checkRequest(): accepts JSON, bigints of 64 bits and Maps with string keys as a value", () => {
  const values = [null, true, 0, -0, 1.5, 2 ** 60, "é", [], {}, [undefined], { a: undefined }];
  const maps = [new Map([["a", [1]]]), Object.create(null)];
  for (const value of [...values, ...maps, -(2n ** 63n), 2n ** 64n - 1n]) {
    assertEquals(xcomFault(value), undefined);
  }
});

Deno.test("checkRequest(): refuses values that Airflow would not answer", () => {
  const json = (what: string): string => `field "value" must be a JSON value, not ${what}`;
  assertEquals(xcomFault(NaN), json("NaN"));
  assertEquals(xcomFault(-Infinity), json("-Infinity"));
  assertEquals(xcomFault(new Uint8Array()), json("bytes"));
  assertEquals(xcomFault(Temporal.Now.instant()), json("a point in time"));
  assertEquals(xcomFault(new Date()), json("a point in time"));
  assertEquals(xcomFault(new Set()), json("a Set (spread it into an array)"));
  assertEquals(xcomFault(() => 1), json("a function"));
  assertEquals(xcomFault(new Map([[1, 2]])), 'field "value" must have strings as keys');
  assertEquals(xcomFault(2n ** 64n), 'field "value" must be an integer of at most 64 bits');
});

Deno.test("checkRequest(): refuses deep values and cycles", () => {
  const nest = (depth: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
    return value;
  };
  assertEquals(xcomFault(nest(250)), undefined);
  assert(xcomFault(nest(251))?.endsWith("within each other, or a cycle"));
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assert(xcomFault(cycle)?.endsWith("or a cycle"));
});

Deno.test("checkRequest(): accepts aware times in the range of Python's datetime", () => {
  const takes = (end_date: unknown): boolean =>
    isRequest({ type: "SucceedTask", end_date }, "2026-06-16");
  for (const ms of [-62_135_596_800_000, 0, 253_402_300_799_998]) {
    assert(takes(new Date(ms)) && takes(Temporal.Instant.fromEpochMilliseconds(ms)));
  }
  assert(takes("2026-01-02T03:04:05Z") && takes("2026-01-02T03:04:05.123456-09:30"));
  for (const ms of [-62_135_596_800_001, 253_402_300_799_999, NaN]) assert(!takes(new Date(ms)));
  const texts = [
    "2026-01-02T03:04:05",
    "2026-02-30T03:04:05Z",
    "2026-01-02T03:04:60Z",
    "0000-01-01",
  ];
  for (const text of [...texts, "0000-01-01T00:00:00Z", "", "today"]) assert(!takes(text), text);
});

Deno.test("checkRequest(): accepts lengths of time in the range of Python's timedelta", () => {
  const takes = (trigger_timeout: unknown): boolean =>
    isRequest(
      { type: "DeferTask", classpath: "c", next_method: "m", trigger_timeout },
      "2026-06-16",
    );
  for (const length of [0, 30, 1.5, 86_399_999_913_600, "PT30S", "P1D", "P1W2DT3H4M5.5S", null]) {
    assert(takes(length), String(length));
  }
  for (
    const length of [NaN, Infinity, 1e300, "P", "PT", "P1DT", "P1Y", "30 s", `P${"9".repeat(9)}D`]
  ) {
    assert(!takes(length), String(length));
  }
});

Deno.test("checkRequest(): accepts a UUID only in its usual form", () => {
  const takes = (ti_id: unknown): boolean =>
    isRequest({ type: "ClearTaskStateStore", ti_id }, "2026-06-16");
  assert(takes("0194fa70-5f34-77f9-90ac-a269f9ea491c"));
  for (const id of ["", "0194fa70", "{0194fa70-5f34-77f9-90ac-a269f9ea491c}", 7]) {
    assert(!takes(id));
  }
});
