import { assert, assertEquals, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { checkArrival } from "../../src/protocol/arrival.ts";
import { findDefinition } from "../../src/protocol/definition.ts";
import { TABLE } from "../../src/protocol/generated_table.ts";
import { parseFirst, parseFrame, parseRequestFrame } from "../../src/protocol/message.ts";
import { isRequest, requestFault } from "../../src/protocol/request_check.ts";
import { decodeFrame, fullRequests, golden } from "./golden.ts";
import { isPlainObject } from "../../src/values.ts";

const NEWEST = "2026-10-30";

Deno.test("generated_table: has exactly the members of Airflow's two unions", () => {
  const members = (flag: string): string[] =>
    Object.keys(TABLE).filter((name) => findDefinition(name)?.flags.includes(flag)).sort();
  assertEquals(members("s"), [...golden.to_supervisor_members].sort());
  assertEquals(members("t"), [...golden.to_task_members].sort());
});

Deno.test("requestFault(): accepts every request that Airflow accepted, in both schema versions", () => {
  for (const { message, full, schema_version, accepted, hex } of golden.frames_to_supervisor) {
    const { body } = parseRequestFrame(decodeFrame(hex));
    assert(accepted);
    const found = requestFault(body, NEWEST);
    assertEquals(found, undefined, `${message} ${full} ${schema_version}: ${found}`);
  }
});

Deno.test("requestFault(): refuses only what is newer than the older schema version", () => {
  const refused = golden.frames_to_supervisor
    .filter(({ body }) => requestFault(body, "2026-06-16") !== undefined)
    .map(({ message, full, body }) =>
      `${message}${full ? "" : " minimal"}: ${requestFault(body, "2026-06-16")}`
    );
  const newer = "needs schema 2026-10-30 (Airflow 3.4), and this bundle declares 2026-06-16";
  assertEquals([...new Set(refused)].sort(), [
    `SetExecutionTimeout minimal: it ${newer}`,
    `SetExecutionTimeout: it ${newer}`,
    `SucceedTask: field "loop_decision" ${newer}`,
    `UpdateDagRunNote minimal: it ${newer}`,
    `UpdateDagRunNote: it ${newer}`,
  ]);
});

Deno.test("requestFault(): requires the fields that Airflow requires, and accepts null where Airflow does", () => {
  for (const [message, body] of fullRequests()) {
    const rule = golden.field_rules[message];
    assert(rule !== undefined);
    for (const key of Object.keys(body)) {
      const { [key]: _, ...rest } = body;
      const required = rule.required_on_wire.includes(key) || key === "type";
      assertEquals(isRequest(rest, NEWEST), !required, `${message} without ${key}`);
      if (!required) continue;
      const nullable = rule.required_but_nullable.includes(key);
      assertEquals(
        isRequest({ ...body, [key]: null }, NEWEST),
        nullable,
        `${message}.${key}: null`,
      );
    }
    const unknown = { ...body, a_key_of_tomorrow: 1 };
    assertEquals(isRequest(unknown, NEWEST), rule.unknown_key_accepted, message);
  }
});

Deno.test("checkArrival(): accepts every message that Airflow wrote, in both schema versions", () => {
  let count = 0;
  for (const { message, hex } of golden.frames_to_task) {
    const { body } = parseFrame(decodeFrame(hex));
    if (message === "StartupDetails" || message === "DagFileParseRequest") parseFirst(body);
    const type = golden.to_task_members.find((member) => member === body?.["type"]);
    if (type === undefined) continue;
    const definition = findDefinition(type);
    assert(definition !== undefined && isPlainObject(body));
    checkAny(body, type);
    for (const { name, shape } of definition.fields.values()) {
      if (shape.kind === "d" && name in body) assert(body[name] instanceof Temporal.Instant);
    }
    count++;
  }
  assert(count > 110, `${count} frames were read`);
});

Deno.test("checkArrival(): names the field that is missing in a message", () => {
  for (const { message, hex } of golden.frames_to_task) {
    const definition = findDefinition(message);
    if (definition === undefined) continue;
    for (const { name, required } of definition.fields.values()) {
      const { body } = parseFrame(decodeFrame(hex));
      assert(body !== null);
      delete body[name];
      if (!required) {
        checkAny(body, message);
        continue;
      }
      const error = assertThrows(() => checkAny(body, message), TaskRuntimeError);
      assertEquals(error.code, "MALFORMED");
      assertEquals(error.message, `Cannot read ${message}: field "${name}" is missing`);
    }
  }
});

/** Calls checkArrival() with a name that only Airflow's vectors know. */
function checkAny(body: unknown, type: string): void {
  const check: (body: unknown, types: readonly never[]) => void = checkArrival;
  Reflect.apply(check, undefined, [body, [type]]);
}
