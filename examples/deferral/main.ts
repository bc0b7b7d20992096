// Tasks that wait in Airflow's triggerer. Try them: airflow-task-runtime dev examples/deferral/main.ts --fixtures examples/deferral/dev.json
import {
  Bundle,
  defer,
  DeferTask,
  externalTaskTrigger,
  FailTask,
  fileTrigger,
  handlersFor,
  timeDeltaTrigger,
  Trigger,
} from "@airflow-deno/task-runtime";

const task = handlersFor("deferral");

/** Waits for a time. */
export const coolDown = task(
  "cool_down",
  defer(timeDeltaTrigger(60), (time, ctx) => {
    ctx.log.info("resumed", { since: time });
  }),
);

/** Waits for a run of another Dag, at most six hours. */
export const upstream = task(
  "upstream_done",
  defer(
    (_args, ctx) =>
      externalTaskTrigger({ dagId: "ingest", runIds: [String(ctx.dagRun.conf["ingest_run"])] }),
    ({ status }) => {
      if (status !== "success") throw new FailTask(`the ingest is ${status}`);
    },
    { timeout: { hours: 6 } },
  ),
);

/** Defers within the handler, and passes values to the continuation. */
export const pickUp = task("pick_up", async (_args, ctx) => {
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
export const job = task(
  "run_job",
  defer(
    new Trigger<{ status: string }>("my_company.triggers.JobTrigger", { job_id: 7 }),
    ({ status }) => status,
  ),
);

await new Bundle().register(coolDown, upstream, pickUp, job).serve();
