// TaskFlow arguments, since Airflow 3.4. Try them: airflow-task-runtime dev examples/arguments/main.ts --schema 2026-10-30 --fixtures examples/arguments/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("arguments");

interface Row {
  region: string;
  amount: number;
}

const extract = task("extract", (): Row[] => [
  { region: "eu", amount: 30 },
  { region: "us", amount: 10 },
  { region: "eu", amount: 2 },
]);

/** Receives the arguments of `transform(rows=extract(), min_amount=5)`, in camel case too. */
const transform = task(
  "transform",
  ({ rows, minAmount }: { rows: Row[]; minAmount: number }, ctx) => {
    const kept = rows.filter(({ amount }) => amount >= minAmount);
    ctx.log.info("filtered", { kept: kept.length, of: rows.length });
    return kept;
  },
);

/** Receives the default of the Python signature as well. */
const report = task("report", ({ rows, title }: { rows: Row[]; title: string }) => {
  const totals = Object.groupBy(rows, ({ region }) => region);
  return `${title}: ${Object.keys(totals).join(", ")}`;
});

await new Bundle().register(extract, transform, report).serve();
