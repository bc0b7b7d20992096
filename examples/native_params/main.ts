// A Dag with params, for which Airflow shows a form (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_params/main.ts --fixtures examples/native_params/dev.json
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native_params", {
  queue: "deno",
  tags: ["typescript"],
  params: {
    region: {
      type: "string",
      enum: ["eu", "us"],
      default: "eu",
      title: "Region",
      description_md: "Where the *orders* come from",
    },
    limit: { type: "integer", minimum: 1, maximum: 100, default: 10, section: "Details" },
    since: { type: ["string", "null"], format: "date", default: null, section: "Details" },
    // A value is a default of its type.
    dry_run: false,
  },
});

/** Reads params, which Airflow checked against their schemas and the compiler knows. */
dag.task("plan", (_args, ctx) => {
  const { region, limit, since, dry_run } = ctx.params;
  const orders = region === "eu" ? "European orders" : "American orders";
  const from = since === null ? "" : ` since ${since}`;
  return `${dry_run ? "would load" : "load"} ${limit} ${orders}${from}`;
})();

await new Bundle().register(dag).serve();
