import { assertEquals, assertThrows } from "@std/assert";
import { Bundle, handlersFor, type TaskHandler, TaskRuntimeError } from "../../mod.ts";
import { zod } from "./testdata/zod_schemas.ts";

const task = handlersFor("etl");

Deno.test("handlersFor(): makes handlers of its Dag, with options and types", () => {
  const extract = task("extract", ({ rows }: { rows: number }) => [rows], {
    executionTimeout: { minutes: 1 },
  });
  const typed: TaskHandler<{ rows: number }, number[]> = extract;
  assertEquals([typed.dagId, typed.taskId, typed.executionTimeout], ["etl", "extract", 60]);
  const checked = task("load", ({ title }) => ({ total: title.length }), {
    args: zod.args,
    result: zod.result,
  });
  assertEquals(checked.resultSchema === undefined, false);
  const total = task("total", () => ({ total: 1 }), { result: zod.result });
  assertEquals(new Bundle().register(total, extract).taskIds("etl"), ["total", "extract"]);
  // @ts-expect-error: the schema wants a number
  task("bad", () => ({ total: "1" }), { result: zod.result });
});

Deno.test("handlersFor(): refuses an id that Airflow does not allow", () => {
  assertThrows(() => handlersFor("a b"), TaskRuntimeError, 'Cannot use "a b" as a Dag id');
});
