// The TypeScript tasks of the Dag in dag.py. Try them: airflow-task-runtime dev examples/etl/main.ts --fixtures examples/etl/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("etl");

export const extract = task("extract", async (_args, ctx) => {
  const { region } = await ctx.xcoms.pull<{ region: string }>("start") ?? { region: "eu" };
  const warehouse = await ctx.connections.get("warehouse");
  const since = await ctx.variables.get("since", { default: "1970-01-01" });
  ctx.log.info("extracting", { region, since, host: warehouse.host });
  return { region, since, rows: [3, 5, 34] };
});

export const transform = task("transform", async (_args, ctx) => {
  const extracted = await ctx.xcoms.pull<{ region: string; rows: number[] }>("extract");
  if (extracted === null) throw new Error("Cannot transform: extract left nothing");
  if (ctx.tryNumber === 1) throw new Error("The warehouse is busy: try again");
  console.log("transforming", extracted.rows.length, "rows on try", ctx.tryNumber);
  const total = extracted.rows.reduce((sum, row) => sum + row, 0);
  return { region: extracted.region, total };
});

export const audit = task("audit", (_args, ctx) => {
  ctx.log.warn("about to fail on purpose", { reason: "to show what a failure looks like" });
  throw new Error("The audit found a discrepancy");
});

await new Bundle().register(extract, transform, audit).serve();
