import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Asset, Bundle, Dag, type ErrorCode, TaskRuntimeError } from "../../mod.ts";

const HERE = import.meta.url;

/** The error of this code that `define` throws. */
function refused(code: ErrorCode, text: string, define: () => unknown): TaskRuntimeError {
  const error = assertThrows(define, TaskRuntimeError, text);
  assertEquals(error.code, code);
  return error;
}

Deno.test("a Dag refuses options that Airflow would refuse", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ shedule: "@daily" }, 'there is no option "shedule"'],
    [{ schedule: "0 25 * * *" }, 'the hour "25" is not in 0-23'],
    [{ schedule: "* * * *" }, "it has 4 fields"],
    [{ schedule: "@dayly" }, "no such preset"],
    [{ schedule: { days: -1 } }, "repeats every -86400 seconds"],
    [{ schedule: [] }, "something else than assets, or of nothing"],
    [{ timezone: "Mars/Olympus" }, 'no time zone "Mars/Olympus"'],
    [{ startDate: new Date("no") }, 'its "startDate"'],
    [{ schedule: "@daily", catchup: true }, "it is to catch up, and has no start date"],
    [{ schedule: "@daily", params: { a: { type: "string" } } }, 'no default for its params "a"'],
    [{ schedule: "@continuous", maxActiveRuns: 2 }, '"maxActiveRuns" is 1'],
    [{ maxActiveTasks: 0 }, "must be a whole number from 1, not 0"],
    [{ tags: "sales" }, 'its "tags" must be a list'],
    [{ schedule: "@daily", allowedRunTypes: ["manual"] }, 'must have "scheduled" among them'],
    [{ defaultArgs: { retries: -1 } }, 'its "retries" must be a whole number from 0'],
  ];
  for (const [options, text] of cases) refused("INVALID", text, () => new Dag("etl", options));
  refused("INVALID", "an id has 1 to 250 letters", () => new Dag("no spaces please"));
});

Deno.test("a task refuses options that Airflow would refuse", () => {
  const cases: [Record<string, unknown>, string][] = [
    [{ retrys: 2 }, 'there is no option "retrys"'],
    [{ triggerRule: "all_sucess" }, "must be one of"],
    [{ retryDelay: { fortnights: 1 } }, "must be a length of time"],
    [{ outlets: ["orders"] }, 'its "outlets" must be a list of Asset'],
  ];
  for (const [options, text] of cases) {
    refused("INVALID", text, () => new Dag("etl").task("load", () => {}, options));
  }
});

Deno.test("an id is there once, and the error says where", () => {
  const dag = new Dag("etl");
  dag.task("load", () => {});
  const { message } = refused(
    "CONFLICT",
    "the Dag has a task of this id already",
    () => dag.task("load", () => {}),
  );
  assertStringIncludes(message, `(at ${HERE}:`);
  refused("CONFLICT", "task of this id already", () => dag.taskGroup("load"));
});

Deno.test("a task that was never called is found, with its place", () => {
  const dag = new Dag("etl");
  dag.task("load", () => {});
  const { message } = refused("INVALID", "never called", () => new Bundle().register(dag));
  assertStringIncludes(message, `task "etl.load" (at ${HERE}:`);
});

Deno.test("a task is called once", () => {
  const load = new Dag("etl").task("load", () => {});
  load();
  refused("CONFLICT", "it is called twice", () => load());
});

Deno.test("a circle is found, with its path", () => {
  const dag = new Dag("etl");
  const [a, b, c] = ["a", "b", "c"].map((id) => dag.task(id, () => {})());
  assert(a && b && c);
  a.before(b);
  b.before(c);
  c.before(a);
  refused("INVALID", '"a" (at', () => dag.check());
  refused("INVALID", "its tasks run in a circle", () => dag.check());
});

Deno.test("an edge to another Dag is found", () => {
  const one = new Dag("one").task("a", () => 1)();
  const other = new Dag("other");
  const wants = other.task("b", ({ a }: { a: number }) => a);
  refused("INVALID", 'result of task "one.a"', () => wants({ a: one }));
  refused("INVALID", 'of another Dag, "one"', () => other.task("c", () => {})().after(one));
});

Deno.test("a result of a mapped group is used outside by all()", () => {
  const dag = new Dag("etl");
  const group = dag.taskGroup("each");
  const { n } = group.expand({ n: [1, 2] });
  const double = group.task("double", ({ n }: { n: number }) => 2 * n)({ n });
  const sum = dag.task("sum", ({ all }: { all: number[] }) => all.length);
  // @ts-expect-error one result is no list of them
  refused("INVALID", "call with `.all()` of it", () => sum({ all: double }));
  refused("INVALID", "has no meaning here", () => {
    const one = dag.task("one", () => 1)();
    dag.task("two", ({ all }: { all: number[] }) => all)({ all: one.all() });
  });
});

Deno.test("a branch with nothing to choose is found", () => {
  const dag = new Dag("etl");
  const decide = dag.task("decide", () => "a")();
  dag.switch(decide);
  refused("INVALID", "there is nothing to choose", () => dag.check());
  refused("CONFLICT", "its result chooses already", () => dag.shortCircuit(decide));
});

Deno.test("a default that does not fit its schema is found when the Dag is registered", () => {
  const dag = new Dag("etl", { params: { region: { type: "string", default: 3 } } });
  dag.task("load", () => {})();
  refused(
    "INVALID",
    'its param "region" does not fit its schema',
    () => new Bundle().register(dag),
  );
});

Deno.test("an asset's URI is written as Airflow does", () => {
  const uri = (text: string): string => new Asset("a", { uri: text }).uri;
  assertEquals(uri("S3://bucket"), "s3://bucket/");
  assertEquals(uri("s3://bucket/a//"), "s3://bucket/a");
  assertEquals(uri("postgres://me:secret@host/db?b=2&a=1#x"), "postgres://host/db?a=1&b=2");
  assertEquals(uri("x-own://As Is/"), "x-own://As Is/");
  assertEquals(uri("orders"), "orders");
  refused("INVALID", 'scheme "airflow"', () => uri("airflow://a"));
});
