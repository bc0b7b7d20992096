// Arguments and results held against a schema, here of zod. Try it: airflow-task-runtime dev examples/schema/main.ts --schema 2026-10-30 --fixtures examples/schema/dev.json
import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
// Any library that follows Standard Schema will do: valibot, arktype and many more.
import { z } from "npm:zod@4.6.7";

const Order = z.object({ id: z.int(), region: z.string(), price: z.number().positive() });

/** The compiler holds the handler to the schema of its result, and the runtime what it returns. */
const extract = new TaskHandler("schema", "extract", () => [
  { id: 1, region: "eu", price: 30 },
  { id: 2, region: "us", price: 10.5 },
  { id: 3, region: "eu", price: 12 },
], { result: z.array(Order) });

/** The types of the arguments come from their schema, and so does the default of `currency`. */
const load = new TaskHandler("schema", "load", ({ orders, currency }, ctx) => {
  const total = orders.reduce((sum, { price }) => sum + price, 0);
  ctx.log.info("loaded", { orders: orders.length, total });
  return { total, currency };
}, {
  args: z.object({ orders: z.array(Order), currency: z.string().length(3).default("EUR") }),
  result: z.object({ total: z.number(), currency: z.string() }),
});

/** A price of nothing fails the task before its work, and it is not retried. */
const refund = new TaskHandler("schema", "refund", ({ orders }) => orders.length, {
  args: z.object({ orders: z.array(Order) }),
});

await new Bundle().register(extract, load, refund).serve();
