/** A Dag of tasks that look like Airflow's own operators; run by tests/runtime/dag/native_operators_test.ts. */
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native", { schedule: "@daily", queue: "deno", params: { region: "eu" } });

dag.triggerDagRun("trigger", {
  dagId: "report",
  runId: "for_native",
  conf: (ctx) => ({ region: ctx.params.region }),
  waitForCompletion: true,
  pollInterval: { milliseconds: 1 },
});
dag.externalTaskSensor("external_run", { dagId: "report", timeout: { hours: 1 } });
dag.externalTaskSensor("external_tasks", {
  dagId: "report",
  taskIds: ["write", "send"],
  executionDelta: { hours: 1 },
  failedStates: ["failed"],
});
const latest = dag.latestOnly();
dag.task("behind_latest", () => {})().after(latest);

await new Bundle().register(dag).serve();
