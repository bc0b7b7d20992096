import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { parseFirst, parseFrame, parseRequestFrame } from "../../src/protocol/message.ts";
import { parseReply } from "../../src/protocol/reply.ts";
import { decodeFrame, golden } from "./golden.ts";

function startup(): Record<string, unknown> {
  const vector = golden.frames_to_task.find(({ message }) => message === "StartupDetails");
  const { body } = parseFrame(decodeFrame(vector?.hex ?? ""));
  assert(body !== null);
  return body;
}

function malformed(read: () => unknown): string {
  const error = assertThrows(read, TaskRuntimeError);
  assertEquals(error.code, "MALFORMED");
  return error.message;
}

Deno.test("parseFrame(): accepts two to four parts", () => {
  assertEquals(parseFrame([7, null]), { id: 7, body: null, error: null });
  assertEquals(parseFrame([7, {}, null, "more"]), { id: 7, body: {}, error: null });
  assertEquals(parseRequestFrame([7, {}, { traceparent: "00" }]).carrier, { traceparent: "00" });
});

Deno.test("parseFrame(): refuses values that are not frames, and describes them", () => {
  const read = (value: unknown): string => malformed(() => parseFrame(value));
  assertEquals(read({ id: 7 }), "Cannot read frame: it must be an array of 2 to 4, not an object");
  assertEquals(read([7]), "Cannot read frame: it must be an array of 2 to 4, not an array of 1");
  assertEquals(read(["7", null]), "Cannot read frame: its id must be an integer, not a string");
  for (
    const value of [[1.5, {}], [7n, {}], [7, []], [7, "x"], [7, null, []], [1, 2, 3, 4, 5], null]
  ) {
    read(value);
  }
});

Deno.test("parseFirst(): returns times as Instants, naive ones in UTC, and keeps unknown keys", () => {
  const body = startup();
  body["start_date"] = "2026-01-02T03:04:05.678901";
  body["of_tomorrow"] = 1;
  const first = parseFirst(body);
  assert(first.type === "StartupDetails" && "of_tomorrow" in first);
  assertEquals(first.start_date.toString(), "2026-01-02T03:04:05.678901Z");
  assert(first.ti_context.dag_run.run_after instanceof Temporal.Instant);
});

Deno.test("parseFirst(): names the field, however deep", () => {
  const body = startup();
  Reflect.deleteProperty(Object(Reflect.get(Object(body["ti_context"]), "dag_run")), "run_id");
  assertEquals(
    malformed(() => parseFirst(body)),
    'Cannot read StartupDetails: field "ti_context.dag_run.run_id" is missing',
  );
  assertEquals(
    malformed(() => parseFirst({ ...startup(), start_date: "noon" })),
    'Cannot read StartupDetails: field "start_date" must be a point in time, not a string',
  );
});

Deno.test("parseFirst(): accepts null for an optional field", () => {
  const body = startup();
  Reflect.set(Object(body["ti_context"]), "should_retry", null);
  const first = parseFirst(body);
  assert(first.type === "StartupDetails" && first.ti_context.should_retry === null);
});

Deno.test("parseFirst(): refuses any other message", () => {
  const message = malformed(() => parseFirst({ type: "OKResponse", ok: true }));
  assertEquals(
    message,
    'Cannot read StartupDetails or DagFileParseRequest: "OKResponse" came instead',
  );
  malformed(() => parseFirst(null));
});

Deno.test("parseReply(): returns the reply of the request", () => {
  const reply = parseReply("GetXCom", { type: "XComResult", key: "k", value: [1] });
  assertEquals(reply.value, [1]);
  assertEquals(parseReply("PutVariable", null), null);
});

Deno.test("parseReply(): refuses another reply, an empty one, and one that lacks a field", () => {
  const read = (body: unknown): string => malformed(() => parseReply("GetVariable", body));
  assertEquals(read(null), "Cannot read VariableResult: no message came instead");
  assertEquals(
    read({ type: "XComResult" }),
    'Cannot read VariableResult: "XComResult" came instead',
  );
  assertEquals(
    read({ type: "VariableResult", key: "k" }),
    'Cannot read VariableResult: field "value" is missing',
  );
});
