// Values that tasks pass to each other. Try them: airflow-task-runtime dev examples/xcoms/main.ts --fixtures examples/xcoms/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("xcoms");

/** The result of Python's task `order`: a datetime, a timedelta and a set. */
interface Order {
  placed: Temporal.Instant;
  delivery: Temporal.Duration;
  tags: Set<string>;
}

/** Returns a list over which a Python task is mapped: `measure.expand(file=…)`. */
const listFiles = task("list_files", async (_args, ctx) => {
  await ctx.xcoms.push("folder", "s3://orders");
  return ["eu.csv", "us.csv", "asia.csv"];
});

/** Pulls the results of the mapped tasks, one by one. */
const summarize = task("summarize", async (_args, ctx) => {
  let total = 0;
  for await (const size of ctx.xcoms.values<number>("measure")) total += size;
  const last = await ctx.xcoms.item<number>("measure", -1, { default: 0 });
  const folder = await ctx.xcoms.pull<string>("list_files", { key: "folder" });
  return { folder, total, count: await ctx.xcoms.count("measure"), last };
});

/** Receives and returns values of Python's own types. */
const schedule = task("schedule", async (_args, ctx) => {
  const order = await ctx.xcoms.pull<Order>("order");
  if (order === null) throw new Error("Cannot schedule: the order does not exist");
  const due = order.placed.add(order.delivery);
  return {
    due, // a datetime in Python
    day: due.toZonedDateTimeISO("UTC").toPlainDate(), // a date
    tags: new Set([...order.tags, "scheduled"]), // a set
    prices: new Map([["net", 100n], ["gross", 119n]]), // a dict of int
  };
});

await new Bundle().register(listFiles, summarize, schedule).serve();
