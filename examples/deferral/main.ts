// Tasks that leave the waiting to Airflow's triggerer. Try them: airflow-task-runtime dev examples/deferral/main.ts --fixtures examples/deferral/dev.json
import {
  Bundle,
  defer,
  DeferTask,
  externalTaskTrigger,
  FailTask,
  fileTrigger,
  TaskHandler,
  timeDeltaTrigger,
  Trigger,
} from "@airflow-deno/task-runtime";

/** Waits for a time. */
export const coolDown = new TaskHandler(
  "deferral",
  "cool_down",
  defer(timeDeltaTrigger(60), (moment, ctx) => {
    ctx.log.info("going on", { since: moment });
  }),
);

/** Waits for a run of another Dag, six hours at most. */
export const upstream = new TaskHandler(
  "deferral",
  "upstream_done",
  defer(
    (_args, ctx) =>
      externalTaskTrigger({ dagId: "ingest", runIds: [String(ctx.dagRun.conf["ingest_run"])] }),
    ({ status }) => {
      if (status !== "success") throw new FailTask(`the ingest came to ${status}`);
    },
    { timeout: 6 * 3600 },
  ),
);

/** Decides in the work whether to wait, and hands values on to where it goes on. */
export const pickUp = new TaskHandler("deferral", "pick_up", async (_args, ctx) => {
  const folder = await ctx.variables.get("drop_folder");
  ctx.log.info("waiting for a file", { folder });
  throw new DeferTask({
    trigger: fileTrigger({ filepath: `${folder}/*.csv` }),
    resume: "arrived",
    kwargs: { folder, since: new Date() },
  });
}, {
  continuations: {
    arrived: (_event, _ctx, { kwargs }) => kwargs,
  },
});

/** Waits for any trigger of a provider or your own, by its Python class. */
export const job = new TaskHandler(
  "deferral",
  "run_job",
  defer(
    new Trigger<{ status: string }>("my_company.triggers.JobTrigger", { job_id: 7 }),
    ({ status }) => status,
  ),
);

await new Bundle().register(coolDown, upstream, pickUp, job).serve();
