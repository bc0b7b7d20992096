// What is wrong with a Dag is found before Airflow sees it, and the error leads to the author's line:
// what is wrong by itself is thrown where it is said, and the stack has it; what only the whole Dag
// shows is thrown by check(), which `Bundle.register()` calls, and the message has the place.

import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Asset, Bundle, Dag, TaskRuntimeError } from "../../mod.ts";

interface Wrong {
  readonly name: string;
  readonly text: string;
  /** Only the whole Dag shows it. */
  readonly isWhole?: true;
  readonly define: (dag: Dag) => unknown;
}

const options = (given: object): () => Dag => () => new Dag("other", given);
const task = (given: object): (dag: Dag) => unknown => (dag) => dag.task("a", () => {}, given);
const work = (): void => {};

const WRONG: readonly Wrong[] = [
  {
    name: "a circle",
    text: "its tasks run in a circle",
    isWhole: true,
    define: (dag) => circle(dag),
  },
  { name: "an edge to itself", text: "run before itself", define: (dag) => self(dag) },
  {
    name: "a task of the same id",
    text: "a task of this id already",
    define: (dag) => [dag.empty("a"), dag.empty("a")],
  },
  {
    name: "a group of the same id",
    text: "a group of this id already",
    define: (dag) => [dag.taskGroup("a"), dag.taskGroup("a")],
  },
  {
    name: "a group of a task's id",
    text: "a task of this id already",
    define: (dag) => [dag.empty("a"), dag.taskGroup("a")],
  },
  {
    name: "a task whose id a group without prefix does not tell apart",
    text: "a task of this id already",
    define: (dag) => [dag.empty("a"), dag.taskGroup("g", { prefix: false }).empty("a")],
  },
  {
    name: "a task whose id is that of one in a group",
    text: "a task of this id already",
    define: (dag) => [dag.taskGroup("g").empty("a"), dag.empty("g.a")],
  },
  {
    name: "a task that is not called",
    text: "never called",
    isWhole: true,
    define: (dag) => dag.task("a", work),
  },
  { name: "a task called twice", text: "called twice", define: (dag) => twice(dag) },
  {
    name: "an edge to another Dag",
    text: 'of another Dag, "other"',
    define: (dag) => dag.empty("a").before(new Dag("other").empty("b")),
  },
  {
    name: "an edge to a group without tasks",
    text: "which has no tasks",
    isWhole: true,
    define: (dag) => dag.empty("a").before(dag.taskGroup("g")),
  },
  {
    name: "a mapped group in a mapped group",
    text: "within a mapped group",
    define: (dag) => nested(dag),
  },
  {
    name: "a task that always runs, in a mapped group",
    text: 'its trigger rule cannot be "always"',
    isWhole: true,
    define: (dag) => mapped(dag).empty("a", { triggerRule: "always" }),
  },
  {
    name: "a task behind a setup that does not wait for its success",
    text: 'right behind the setup "up"',
    isWhole: true,
    define: (dag) => dag.empty("a", { triggerRule: "all_done" }).after(dag.empty("up").asSetup()),
  },
  {
    name: "a teardown with a trigger rule",
    text: "always all_done_setup_success",
    define: (dag) => dag.empty("a", { triggerRule: "one_failed" }).asTeardown(),
  },
  {
    name: "a setup that is a teardown",
    text: "a teardown already",
    define: (dag) => dag.empty("a").asTeardown().asSetup(),
  },
  {
    name: "a param of a task whose default does not fit its schema",
    text: 'its param "n" does not fit its schema',
    isWhole: true,
    define: (dag) => dag.empty("a", { params: { n: { type: "integer", default: "x" } } }),
  },
  {
    name: "a choice of nothing",
    text: "there is nothing to choose",
    isWhole: true,
    define: (dag) => dag.if(dag.task("a", () => true)()),
  },
  { name: "a cron expression", text: "has 4 fields", define: options({ schedule: "* * * *" }) },
  { name: "a preset", text: "no such preset", define: options({ schedule: "@dayly" }) },
  { name: "a time zone", text: "no time zone", define: options({ timezone: "Mars/Base" }) },
  {
    name: "a moment without a time zone, as text",
    text: 'its "startDate"',
    define: options({ startDate: "2026-01-01T00:00:00" }),
  },
  {
    name: "a task's moment as text",
    text: 'its "endDate"',
    define: task({ endDate: "2026-01-01T00:00:00" }),
  },
  {
    name: "a trigger rule",
    text: 'its "triggerRule" must be one of',
    define: task({ triggerRule: "all_sucess" }),
  },
  {
    name: "a trigger rule in a Dag that fails fast",
    text: "its Dag fails fast",
    define: () => new Dag("other", { failFast: true }).empty("a", { triggerRule: "all_done" }),
  },
  { name: "an option", text: 'no option "retrys"', define: task({ retrys: 1 }) },
  { name: "an option of a Dag", text: 'no option "shedule"', define: options({ shedule: null }) },
  { name: "a long id of a Dag", text: "1 to 250", define: () => new Dag("x".repeat(251)) },
  { name: "a long id of a task", text: "1 to 250", define: (dag) => dag.empty("x".repeat(251)) },
  {
    name: "an id that is long by its group's",
    text: "1 to 250",
    define: (dag) => dag.taskGroup("g".repeat(200)).empty("x".repeat(50)),
  },
  {
    name: "a long id of a group",
    text: "1 to 200",
    define: (dag) => dag.taskGroup("x".repeat(201)),
  },
  { name: "an asset's name", text: "ASCII", define: () => new Asset("größe") },
  {
    name: "a list to map over",
    text: "no list and no task's result",
    // @ts-expect-error a number is no list
    define: (dag) => dag.task("a", (_: { n: number }) => {}).expand({ n: 3 }),
  },
];

function self(dag: Dag): void {
  const a = dag.empty("a");
  a.before(a);
}

function circle(dag: Dag): void {
  const a = dag.empty("a");
  a.before(dag.empty("b").before(dag.taskGroup("g").empty("c").before(a)));
}

function twice(dag: Dag): void {
  const a = dag.task("a", work);
  a();
  a();
}

function mapped(dag: Dag): ReturnType<Dag["taskGroup"]> {
  const group = dag.taskGroup("g");
  group.expand({ n: [1, 2] });
  return group;
}

function nested(dag: Dag): void {
  mapped(dag).taskGroup("inner").expand({ m: [1] });
}

for (const { name, text, isWhole, define } of WRONG) {
  Deno.test(`a wrong Dag is found, with its place: ${name}`, () => {
    const dag = new Dag("etl");
    const line = /dag_errors_test\.ts:\d+:\d+/;
    if (isWhole) {
      define(dag);
      const error = assertThrows(() => new Bundle().register(dag), TaskRuntimeError, text);
      assertMatch(error.message, line);
      assertThrows(() => dag.check(), TaskRuntimeError, error.message);
    } else {
      const error = assertThrows(() => define(dag), TaskRuntimeError, text);
      assertMatch(error.stack ?? "", line);
    }
  });
}

Deno.test("a default that does not fit its JSON Schema is found when the Dag is registered", () => {
  const params = { n: { type: "integer", minimum: 3, default: 2 } } as const;
  const dag = new Dag("etl", { params });
  dag.empty("a");
  const error = assertThrows(() => new Bundle().register(dag), TaskRuntimeError, 'its param "n"');
  assertEquals(error.code, "INVALID");
  assertStringIncludes(error.message, "does not fit its schema");
});

Deno.test("Dag.check(): refuses a continuation without a name, as register() does", () => {
  const dag = new Dag("etl");
  dag.task("a", work, { continuations: { "": work } })();
  for (const check of [() => dag.check(), () => new Bundle().register(dag)]) {
    assertThrows(check, TaskRuntimeError, 'a continuation cannot have the name ""');
  }
});
