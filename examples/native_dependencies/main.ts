// Edges between tasks, with and without data, trigger rules, setup and teardown (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_dependencies/main.ts --fixtures examples/native_dependencies/dev.json
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native_dependencies", { queue: "deno", tags: ["typescript"] });

/** The directory of the other tasks, which the teardown removes after success and failure. */
const workspace = dag.task(
  "create_workspace",
  (_args, ctx) => `workspace-${ctx.dagRun.conf["name"] ?? "a"}`,
)()
  .asSetup();

const count = dag.task("count", ({ place }: { place: string }) => place.length);
const check = dag.task("check", ({ rows }: { rows: number }) => {
  if (rows > 0) throw new Error(`${rows} rows are not as they should be`);
});
const repair = dag.task("repair", ({ rows }: { rows: number }) => `${rows} rows repaired`, {
  triggerRule: "one_failed",
});

// Data edges: a task runs after the tasks whose results it receives.
const rows = count({ place: workspace });
const checked = check({ rows });
// Order edges: without data.
const repaired = repair({ rows }).after(checked);
const praised = dag.task("praise", () => "all is well")().after(checked);
const notified = dag.task("notify", () => "done", { triggerRule: "all_done" })()
  .after(repaired, praised, { label: "whatever happened" });

dag.task("remove_workspace", ({ place }: { place: string }) => `${place} removed`)({
  place: workspace,
}).after(notified).asTeardown({ setups: workspace });

await new Bundle().register(dag).serve();
