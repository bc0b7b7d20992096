// The TypeScript tasks of handoff_dag.py.
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

const typescript = new TaskHandler("handoff", "typescript", async (_args, ctx) => {
  const value = await ctx.xcoms.pull<Record<string, unknown>>("python");
  ctx.log.info("read", { shown: Deno.inspect(value) });
  return value;
});
const rows = new TaskHandler("handoff", "rows", () => ["a", "b", "c"]);
const gathers = new TaskHandler("handoff", "gathers", async (_args, ctx) => ({
  all: await Array.fromAsync(ctx.xcoms.values("upper")),
  count: await ctx.xcoms.count("upper"),
  last: await ctx.xcoms.item("upper", -1),
  some: await ctx.xcoms.slice("upper", { start: -2, step: 1 }),
}));
const called = new TaskHandler("handoff", "called", (args) => ({ ...args, again: args["batchSize"] }));

await new Bundle().register(typescript, rows, gathers, called).serve();
