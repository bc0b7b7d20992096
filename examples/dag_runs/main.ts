// Other Dag runs and task instances. Try them: airflow-task-runtime dev examples/dag_runs/main.ts --fixtures examples/dag_runs/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("dag_runs");

/** Reads earlier runs, and this task in them. */
const review = task("review", async (_args, ctx) => {
  const previous = await ctx.dagRuns.previous();
  const success = await ctx.dagRuns.previousSuccessful();
  const failed = await ctx.dagRuns.count(ctx.dagId, { states: ["failed"] });
  const before = await ctx.tasks.previous({ state: "success" });
  ctx.log.info("so far", { previous: previous?.runId, failed, seconds: before?.duration });
  return { previous: previous?.state ?? null, since: success?.dataIntervalEnd ?? null, failed };
});

/** Triggers a run of another Dag once a day, and waits until it has finished. */
const cleanUp = task("clean_up", async (_args, ctx) => {
  const day = ctx.dagRun.runAfter.toZonedDateTimeISO("UTC").toPlainDate().toString();
  const run = await ctx.dagRuns.trigger({
    dagId: "cleanup",
    runId: `cleanup-${day}`,
    conf: { askedBy: ctx.runId },
    skipWhenAlreadyExists: true,
    waitForCompletion: { pollInterval: 5, timeout: { minutes: 30 } },
  });
  return run.state;
});

/** Reads the other tasks of this run. */
const conclude = task("conclude", async (_args, ctx) => {
  const states = await ctx.tasks.states({ runIds: [ctx.runId], taskIds: ["prepare"] });
  const failed = await ctx.tasks.count({ runIds: [ctx.runId], states: ["failed"] });
  return { prepare: states.get(ctx.runId)?.get("prepare") ?? null, failed };
});

await new Bundle().register(review, cleanUp, conclude).serve();
