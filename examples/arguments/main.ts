// TaskFlow arguments, since Airflow 3.4. Try them: airflow-task-runtime dev examples/arguments/main.ts --schema 2026-10-30 --fixtures examples/arguments/dev.json
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

interface Row {
  region: string;
  amount: number;
}

const extract = new TaskHandler("arguments", "extract", (): Row[] => [
  { region: "eu", amount: 30 },
  { region: "us", amount: 10 },
  { region: "eu", amount: 2 },
]);

/** Called as the Dag does: `transform(rows=extract(), min_amount=5)`; names may be camel-cased. */
const transform = new TaskHandler(
  "arguments",
  "transform",
  ({ rows, minAmount }: { rows: Row[]; minAmount: number }, ctx) => {
    const kept = rows.filter(({ amount }) => amount >= minAmount);
    ctx.log.info("filtered", { kept: kept.length, of: rows.length });
    return kept;
  },
);

/** A default of the Python signature comes like any other argument. */
const report = new TaskHandler(
  "arguments",
  "report",
  ({ rows, title }: { rows: Row[]; title: string }) => {
    const totals = Object.groupBy(rows, ({ region }) => region);
    return `${title}: ${Object.keys(totals).join(", ")}`;
  },
);

await new Bundle().register(extract, transform, report).serve();
