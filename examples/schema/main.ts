// Schemas of arguments and results, here of zod. Try it: airflow-task-runtime dev examples/schema/main.ts --schema 2026-10-30 --fixtures examples/schema/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";
// Any library that implements Standard Schema works: valibot, arktype and many more.
import { z } from "npm:zod@4.6.7";

const task = handlersFor("schema");

const Order = z.object({ id: z.int(), region: z.string(), price: z.number().positive() });

/** The compiler checks the handler against the schema of the result, and the runtime its value. */
const extract = task("extract", () => [
  { id: 1, region: "eu", price: 30 },
  { id: 2, region: "us", price: 10.5 },
  { id: 3, region: "eu", price: 12 },
], { result: z.array(Order) });

/** The schema gives the arguments their types, and `currency` its default. */
const load = task("load", ({ orders, currency }, ctx) => {
  const total = orders.reduce((sum, { price }) => sum + price, 0);
  ctx.log.info("loaded", { orders: orders.length, total });
  return { total, currency };
}, {
  args: z.object({ orders: z.array(Order), currency: z.string().length(3).default("EUR") }),
  result: z.object({ total: z.number(), currency: z.string() }),
});

/** A price of 0 fails the task for good before the handler runs. */
const refund = task("refund", ({ orders }) => orders.length, {
  args: z.object({ orders: z.array(Order) }),
});

await new Bundle().register(extract, load, refund).serve();
