// Values from task to task. Try them: airflow-task-runtime dev examples/xcoms/main.ts --fixtures examples/xcoms/dev.json
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";

/** What Python's task `order` returns: a datetime, a timedelta and a set come as these. */
interface Order {
  placed: Temporal.Instant;
  delivery: Temporal.Duration;
  tags: Set<string>;
}

/** A Python task is mapped over the list that this one returns: `measure.expand(file=…)`. */
const listFiles = new TaskHandler("xcoms", "list_files", async (_args, ctx) => {
  await ctx.xcoms.push("folder", "s3://orders");
  return ["eu.csv", "us.csv", "asia.csv"];
});

/** Reads what the mapped tasks returned, one after the other. */
const summarize = new TaskHandler("xcoms", "summarize", async (_args, ctx) => {
  let total = 0;
  for await (const size of ctx.xcoms.values<number>("measure")) total += size;
  const last = await ctx.xcoms.item<number, number>("measure", -1, { default: 0 });
  const folder = await ctx.xcoms.pull<string>("list_files", { key: "folder" });
  return { folder, total, count: await ctx.xcoms.count("measure"), last };
});

/** Python's own types come as the fitting ones, and go back so. */
const schedule = new TaskHandler("xcoms", "schedule", async (_args, ctx) => {
  const order = await ctx.xcoms.pull<Order>("order");
  if (order === null) throw new Error("Cannot schedule: there is no order");
  const due = order.placed.add(order.delivery);
  return {
    due, // a datetime in Python
    day: due.toZonedDateTimeISO("UTC").toPlainDate(), // a date
    tags: new Set([...order.tags, "scheduled"]), // a set
    prices: new Map([["net", 100n], ["gross", 119n]]), // a dict of int
  };
});

await new Bundle().register(listFiles, summarize, schedule).serve();
