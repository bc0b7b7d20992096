// The errors of wrong Dags lead to the author's line. A wrong statement throws, and its stack has the
// line. An error of the whole Dag is thrown by check() and register(), and its message has the line.

import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Asset, Bundle, Dag, TaskRuntimeError } from "../../mod.ts";

interface Wrong {
  readonly name: string;
  readonly text: string;
  /** Found only by a check of the whole Dag. */
  readonly isWhole?: true;
  readonly define: (dag: Dag) => unknown;
}

const options = (given: object): () => Dag => () => new Dag("other", given);
const task = (given: object): (dag: Dag) => unknown => (dag) => dag.task("a", () => {}, given);
const work = (): void => {};

const WRONG: readonly Wrong[] = [
  {
    name: "tasks in a cycle",
    text: "its tasks form a cycle",
    isWhole: true,
    define: (dag) => cycle(dag),
  },
  {
    name: "an edge to itself",
    text: "cannot run before or after itself",
    define: (dag) => self(dag),
  },
  {
    name: "two tasks with one id",
    text: "already has a task of this id",
    define: (dag) => [dag.empty("a"), dag.empty("a")],
  },
  {
    name: "two groups with one id",
    text: "already has a group of this id",
    define: (dag) => [dag.taskGroup("a"), dag.taskGroup("a")],
  },
  {
    name: "a group with the id of a task",
    text: "already has a task of this id",
    define: (dag) => [dag.empty("a"), dag.taskGroup("a")],
  },
  {
    name: "a task in a group without prefix, with the id of another task",
    text: "already has a task of this id",
    define: (dag) => [dag.empty("a"), dag.taskGroup("g", { prefix: false }).empty("a")],
  },
  {
    name: "a task with the prefixed id of a task in a group",
    text: "already has a task of this id",
    define: (dag) => [dag.taskGroup("g").empty("a"), dag.empty("g.a")],
  },
  {
    name: "a task that is not called",
    text: "defined but never called",
    isWhole: true,
    define: (dag) => dag.task("a", work),
  },
  { name: "a task called twice", text: "is already called", define: (dag) => twice(dag) },
  {
    name: "an edge to another Dag",
    text: 'task "other.b"',
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
    text: "cannot map a group in a mapped group",
    define: (dag) => nested(dag),
  },
  {
    name: "the trigger rule always in a mapped group",
    text: 'its trigger rule cannot be "always"',
    isWhole: true,
    define: (dag) => mapped(dag).empty("a", { triggerRule: "always" }),
  },
  {
    name: "a trigger rule directly after a setup",
    text: 'directly after the setup "up"',
    isWhole: true,
    define: (dag) => dag.empty("a", { triggerRule: "all_done" }).after(dag.empty("up").asSetup()),
  },
  {
    name: "a teardown with a trigger rule",
    text: 'must be "all_done_setup_success"',
    define: (dag) => dag.empty("a", { triggerRule: "one_failed" }).asTeardown(),
  },
  {
    name: "a teardown made a setup",
    text: "already a teardown",
    define: (dag) => dag.empty("a").asTeardown().asSetup(),
  },
  {
    name: "a param of a task whose default does not fit its schema",
    text: 'its param "n" does not fit its schema',
    isWhole: true,
    define: (dag) => dag.empty("a", { params: { n: { type: "integer", default: "x" } } }),
  },
  {
    name: "a branch without targets",
    text: "has no targets",
    isWhole: true,
    define: (dag) => dag.if(dag.task("a", () => true)()),
  },
  {
    name: "a wrong cron expression",
    text: "must have 5 fields",
    define: options({ schedule: "* * * *" }),
  },
  {
    name: "an unknown preset",
    text: "the preset does not exist",
    define: options({ schedule: "@dayly" }),
  },
  {
    name: "an unknown time zone",
    text: 'time zone "Mars/Base" does not exist',
    define: options({ timezone: "Mars/Base" }),
  },
  {
    name: "a start date that is a string",
    text: 'its "startDate"',
    define: options({ startDate: "2026-01-01T00:00:00" }),
  },
  {
    name: "a task's end date that is a string",
    text: 'its "endDate"',
    define: task({ endDate: "2026-01-01T00:00:00" }),
  },
  {
    name: "an unknown trigger rule",
    text: 'its "triggerRule" must be one of',
    define: task({ triggerRule: "all_sucess" }),
  },
  {
    name: "a trigger rule in a Dag with failFast",
    text: 'in a Dag with "failFast"',
    define: () => new Dag("other", { failFast: true }).empty("a", { triggerRule: "all_done" }),
  },
  {
    name: "an unknown option",
    text: 'option "retrys" does not exist',
    define: task({ retrys: 1 }),
  },
  {
    name: "an unknown option of a Dag",
    text: '"shedule" does not exist',
    define: options({ shedule: null }),
  },
  { name: "a long id of a Dag", text: "1 to 250", define: () => new Dag("x".repeat(251)) },
  { name: "a long id of a task", text: "1 to 250", define: (dag) => dag.empty("x".repeat(251)) },
  {
    name: "a task's id that is too long with its prefix",
    text: "1 to 250",
    define: (dag) => dag.taskGroup("g".repeat(200)).empty("x".repeat(50)),
  },
  {
    name: "a long id of a group",
    text: "1 to 200",
    define: (dag) => dag.taskGroup("x".repeat(201)),
  },
  { name: "an asset's name that is not ASCII", text: "ASCII", define: () => new Asset("größe") },
  {
    name: "a number to map over",
    text: "must be a list or a task's result",
    // @ts-expect-error a number is not a list
    define: (dag) => dag.task("a", (_: { n: number }) => {}).expand({ n: 3 }),
  },
];

function self(dag: Dag): void {
  const a = dag.empty("a");
  a.before(a);
}

function cycle(dag: Dag): void {
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
  Deno.test(`Dag: refuses ${name}, with the place in the file`, () => {
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

Deno.test("Bundle.register(): refuses a Dag whose param has a default that does not fit its schema", () => {
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
