// Tasks that end and come back; run by resume_test.ts under a whole Airflow.
import {
  ask,
  Bundle,
  defer,
  DeferTask,
  externalTaskTrigger,
  fileTrigger,
  type Handler,
  sensor,
  RetryTask,
  SkipTask,
  TaskHandler,
  type TaskHandlerOptions,
  timeDeltaTrigger,
} from "@airflow-deno/task-runtime";

const tasks: Record<string, Handler | [Handler, TaskHandlerOptions]> = {
  waits_for_time: [
    () => {
      throw new DeferTask({
        trigger: timeDeltaTrigger(1),
        resume: "passed",
        kwargs: { deferred: new Date(), ids: new Set([1]), note: { a: ["kept"] } },
      });
    },
    {
      continuations: {
        passed: (moment: Temporal.Instant, ctx, { kwargs: { deferred, ids, note } }) => ({
          waited: deferred instanceof Temporal.Instant && Temporal.Instant.compare(moment, deferred) > 0,
          ids: ids instanceof Set ? [...ids] : ids,
          note,
          tryNumber: ctx.tryNumber,
        }),
      },
    },
  ],
  waits_for_file: defer(
    (_args, ctx) => fileTrigger({ filepath: String(ctx.dagRun.conf["file"]), pokeInterval: 1 }),
    (found) => found,
  ),
  waits_for_task: defer(
    (_args, ctx) =>
      externalTaskTrigger({
        dagId: ctx.dagRun.dagId,
        runIds: [ctx.dagRun.runId],
        taskIds: ["senses"],
        pokeInterval: 1,
      }),
    ({ status }) => status,
  ),
  waits_too_long: defer(timeDeltaTrigger(3600), () => "too early", { timeout: 1 }),
  senses: sensor(async (_args, ctx) => {
    const looks = 1 + Number(await ctx.variables.get("looks", { default: "0" }));
    await ctx.variables.set("looks", String(looks));
    return { done: looks === 3, value: looks };
  }, { pokeInterval: 1 }),
  asks: ask({
    subject: "Go on?",
    body: "It is **up to you**.",
    options: ["yes", "no"],
    params: { note: { description: "Why", schema: { type: "string" } } },
  }, (answer) => ({
    option: answer.option,
    note: answer.params["note"],
    by: answer.respondedBy?.name ?? null,
    answered: answer.respondedAt instanceof Temporal.Instant,
  })),
  asks_nobody: ask({
    subject: "Anybody there?",
    options: ["yes", "no"],
    defaults: ["no"],
    timeout: 1,
  }, ({ option, timedOut }) => ({ option, timedOut })),
  retries_soon: (_args, ctx) => {
    if (ctx.tryNumber === 1) throw new RetryTask({ after: 1, reason: "not yet" });
    return ctx.tryNumber;
  },
  skips: () => {
    throw new SkipTask("nothing to do");
  },
};

const bundle = new Bundle();
for (const [taskId, task] of Object.entries(tasks)) {
  const [handler, options] = Array.isArray(task) ? task : [task];
  bundle.register(new TaskHandler("resume", taskId, handler, options));
}
await bundle.serve();
