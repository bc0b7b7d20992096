import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Asset, Dag, type ErrorCode, TaskRuntimeError } from "../../mod.ts";

const HERE = import.meta.url;

/** The error of this code that `define` throws. */
function refused(code: ErrorCode, text: string, define: () => unknown): TaskRuntimeError {
  const error = assertThrows(define, TaskRuntimeError, text);
  assertEquals(error.code, code);
  return error;
}

Deno.test("Dag: refuses options that Airflow refuses", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ shedule: "@daily" }, 'the option "shedule" does not exist'],
    [{ schedule: "0 25 * * *" }, 'the hour must be in 0-23, got "25"'],
    [{ schedule: "* * * *" }, "got 4"],
    [{ schedule: "@dayly" }, "the preset does not exist"],
    [{ schedule: { days: -1 } }, "must be positive, got -86400 seconds"],
    [{ schedule: [] }, "must have one asset or more"],
    [{ timezone: "Mars/Olympus" }, 'time zone "Mars/Olympus" does not exist'],
    [{ startDate: new Date("no") }, 'its "startDate"'],
    [{ schedule: "@daily", catchup: true }, 'with "catchup" it needs a "startDate"'],
    [
      { schedule: "@daily", params: { a: { type: "string" } } },
      'needs a default for each param. Add it to "a"',
    ],
    [{ schedule: "@continuous", maxActiveRuns: 2 }, '"maxActiveRuns" must be 1'],
    [{ maxActiveTasks: 0 }, "must be a positive integer, got 0"],
    [{ tags: "sales" }, 'its "tags" must be a list'],
    [{ schedule: "@daily", allowedRunTypes: ["manual"] }, 'must include "scheduled"'],
    [{ defaultArgs: { retries: -1 } }, 'its "retries" must be a non-negative integer'],
  ];
  for (const [options, text] of cases) refused("INVALID", text, () => new Dag("etl", options));
  refused("INVALID", "must have 1 to 250 letters", () => new Dag("no spaces please"));
});

Deno.test("Dag.task(): refuses options that Airflow refuses", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ retrys: 2 }, 'the option "retrys" does not exist'],
    [{ triggerRule: "all_sucess" }, "must be one of"],
    [{ retryDelay: { fortnights: 1 } }, "must be a non-negative length of time"],
    [{ outlets: ["orders"] }, 'its "outlets" must be a list of Asset'],
  ];
  for (const [options, text] of cases) {
    refused("INVALID", text, () => new Dag("etl").task("load", () => {}, options));
  }
});

Deno.test("Dag.task(): refuses a second task with an id, with the place of the first", () => {
  const dag = new Dag("etl");
  dag.task("load", () => {});
  const { message } = refused(
    "CONFLICT",
    "the Dag already has a task of this id",
    () => dag.task("load", () => {}),
  );
  assertStringIncludes(message, `(at ${HERE}:`);
  refused("CONFLICT", "already has a task of this id", () => dag.taskGroup("load"));
});

Deno.test("Dag: refuses results and edges of another Dag", () => {
  const one = new Dag("one").task("a", () => 1)();
  const other = new Dag("other");
  const wants = other.task("b", ({ a }: { a: number }) => a);
  refused("INVALID", 'its inputs refer to task "one.a"', () => wants({ a: one }));
  refused("INVALID", 'task "one.a" (at', () => other.task("c", () => {})().after(one));
});

Deno.test("TaskRef.all(): is required for the result of a mapped group, and only there", () => {
  const dag = new Dag("etl");
  const group = dag.taskGroup("each");
  const { n } = group.expand({ n: [1, 2] });
  const double = group.task("double", ({ n }: { n: number }) => 2 * n)({ n });
  const sum = dag.task("sum", ({ all }: { all: number[] }) => all.length);
  // @ts-expect-error a result is not a list of results
  refused("INVALID", "Use its `all()`", () => sum({ all: double }));
  refused("INVALID", "Use it without `all()`", () => {
    const one = dag.task("one", () => 1)();
    dag.task("two", ({ all }: { all: number[] }) => all)({ all: one.all() });
  });
});

Deno.test("Dag.switch(): refuses a second branch after a task", () => {
  const dag = new Dag("etl");
  const decide = dag.task("decide", () => "a")();
  dag.switch(decide);
  refused("INVALID", "has no targets", () => dag.check());
  refused("CONFLICT", "already chooses a branch", () => dag.shortCircuit(decide));
});

Deno.test("Asset: normalizes its URI as Airflow does", () => {
  const uri = (text: string): string => new Asset("a", { uri: text }).uri;
  assertEquals(uri("S3://bucket"), "s3://bucket/");
  assertEquals(uri("s3://bucket/a//"), "s3://bucket/a");
  assertEquals(uri("postgres://me:secret@host/db?b=2&a=1#x"), "postgres://host/db?a=1&b=2");
  assertEquals(uri("x-own://As Is/"), "x-own://As Is/");
  assertEquals(uri("orders"), "orders");
  refused("INVALID", 'scheme "airflow"', () => uri("airflow://a"));
});
