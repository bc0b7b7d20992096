// Types of continuations: each `@ts-expect-error` fails the type check if the compiler accepts it.

import { assertEquals } from "@std/assert";
import { ask, Dag, defer, fileTrigger, sensor, TaskHandler, type TaskRef } from "../../mod.ts";
import { runTask } from "../../src/testing/mod.ts";

const load = new TaskHandler(
  "etl",
  "load",
  defer(
    ({ path }: { path: string }) => fileTrigger({ filepath: path }),
    (found, _ctx, { args, kwargs }) => {
      const isTrue: true = found;
      // @ts-expect-error: there is no such argument
      args.paths;
      return { path: args.path, isTrue, mark: kwargs["mark"] };
    },
    { kwargs: { mark: 7 } },
  ),
);

Deno.test("defer(): passes event, arguments and kwargs to the continuation, and types its result", async () => {
  const start = await runTask(load, { args: { path: "/in.csv" } });
  assertEquals([start.state, start.deferral?.kwargs["filepath"]], ["deferred", "/in.csv"]);
  const run = await runTask(load, {
    args: { path: "/in.csv" },
    resume: { event: true, kwargs: { mark: 7 } },
  });
  const path: string | undefined = run.returnValue?.path;
  // @ts-expect-error: a text is not a number
  const wrong: number | undefined = run.returnValue?.path;
  assertEquals([path, wrong, run.returnValue?.mark], ["/in.csv", "/in.csv", 7]);
});

Deno.test("ask(): passes the arguments to the continuation", async () => {
  const review = new TaskHandler(
    "etl",
    "review",
    ask(
      ({ amount }: { amount: number }) => ({ subject: `Pay ${amount}?`, options: ["yes", "no"] }),
      (answer, _ctx, { args }) => answer.option === "yes" ? args.amount : 0,
    ),
  );
  const run = await runTask(review, {
    args: { amount: 3 },
    resume: { answer: { options: ["yes"] } },
  });
  const paid: number | undefined = run.returnValue;
  assertEquals(paid, 3);
});

Deno.test("TaskHandler: continuations have the arguments of the schema or handler", async () => {
  const handler = new TaskHandler("etl", "t", ({ rows }: { rows: number }) => rows, {
    continuations: {
      later: (event: number, _ctx, { args }) => {
        const rows: number = args.rows;
        return event + rows;
      },
    },
  });
  const run = await runTask(handler, { args: { rows: 1 }, resume: { event: 2 } });
  assertEquals(run.xcoms["return_value"], 3);
});

/** Compiled, not run. */
export function checked(): void {
  const dag = new Dag("types");
  const wait = dag.task(
    "wait",
    defer(({ path }: { path: string }) => fileTrigger({ filepath: path }), () => 42),
  );
  const waited: TaskRef<number> = wait({ path: "/in.csv" });
  const ready = dag.task("ready", sensor(() => ({ done: true, value: "x" })));
  const value: TaskRef<string | undefined> = ready();
  // @ts-expect-error: a text is not a number
  wait({ path: 1 });
  void [waited, value];
}
