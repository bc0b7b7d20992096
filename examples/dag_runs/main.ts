// Other Dag runs and task instances. Try them: airflow-task-runtime dev examples/dag_runs/main.ts --fixtures examples/dag_runs/dev.json
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

/** Looks back: at the runs before this one, and at this very task in them. */
const review = new TaskHandler("dag_runs", "review", async (_args, ctx) => {
  const previous = await ctx.dagRuns.previous();
  const success = await ctx.dagRuns.previousSuccessful();
  const failed = await ctx.dagRuns.count(ctx.dagRun.dagId, { states: ["failed"] });
  const before = await ctx.tasks.previous({ state: "success" });
  ctx.log.info("so far", { previous: previous?.runId, failed, seconds: before?.duration });
  return { previous: previous?.state ?? null, since: success?.dataIntervalEnd ?? null, failed };
});

/** Starts a run of another Dag, one a day, and waits for its end. */
const cleanUp = new TaskHandler("dag_runs", "clean_up", async (_args, ctx) => {
  const day = ctx.dagRun.runAfter.toZonedDateTimeISO("UTC").toPlainDate().toString();
  const run = await ctx.dagRuns.trigger({
    dagId: "cleanup",
    runId: `cleanup-${day}`,
    conf: { askedBy: ctx.dagRun.runId },
    skipWhenAlreadyExists: true,
    waitForCompletion: { pollInterval: 5, timeout: { minutes: 30 } },
  });
  return run.state;
});

/** Looks around: at the other tasks of this run. */
const conclude = new TaskHandler("dag_runs", "conclude", async (_args, ctx) => {
  const states = await ctx.tasks.states({ runIds: [ctx.ti.runId], taskIds: ["prepare"] });
  const failed = await ctx.tasks.count({ runIds: [ctx.ti.runId], states: ["failed"] });
  return { prepare: states.get(ctx.ti.runId)?.get("prepare") ?? null, failed };
});

await new Bundle().register(review, cleanUp, conclude).serve();
