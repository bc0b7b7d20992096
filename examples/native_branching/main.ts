// Tasks whose results choose downstream tasks (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_branching/main.ts --fixtures examples/native_branching/dev.json
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native_branching", {
  queue: "deno",
  tags: ["typescript"],
  params: { changes: 42, format: { type: "string", enum: ["csv", "json"], default: "json" } },
});

// Two branches, of which one is skipped.
const isLarge = dag.task("is_large", (_args, ctx) => ctx.params.changes > 1000)();
const full = dag.task("full_load", () => "everything")();
const delta = dag.task("delta_load", (_args, ctx) => `${ctx.params.changes} changes`)();
dag.if(isLarge).then(full).else(delta);

/** Joins the two: its trigger rule allows the skipped one, whose result is null. */
const load = dag.task(
  "report",
  ({ whole, part }: { whole: string | null; part: string | null }) => `loaded ${whole ?? part}`,
  { triggerRule: "none_failed_min_one_success" },
)({ whole: full, part: delta });

// Many branches; the compiler checks the values.
const format = dag.task("choose_format", (_args, ctx) => ctx.params.format)().after(load);
const csv = dag.task("write_csv", () => "report.csv")();
const json = dag.task("write_json", () => "report.json")();
dag.switch(format).case("csv", csv).case("json", json);

// Skips all downstream tasks when there is nothing to do.
const hasErrors = dag.task("has_errors", () => false)().after(load);
dag.task("send_alarm", () => "alarm")().after(hasErrors);
dag.shortCircuit(hasErrors);

await new Bundle().register(dag).serve();
