// A whole Dag without Python (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_etl/main.ts --fixtures examples/native_etl/dev.json
import { Bundle, Dag } from "@airflow-deno/task-runtime";

const dag = new Dag("native_etl", {
  schedule: "@daily",
  startDate: new Date("2026-01-01T00:00:00Z"),
  catchup: false,
  description: "Fetches the orders of a day and sums them up",
  docMd: "# Orders\nFetched **every day**.",
  tags: ["typescript", "sales"],
  owner: "shop",
  ownerLinks: { shop: "mailto:shop@example.com" },
  queue: "deno",
  maxActiveRuns: 1,
  dagrunTimeout: { hours: 2 },
  defaultArgs: { retries: 1, retryDelay: { seconds: 1 } },
});

interface Order {
  region: string;
  amount: number;
}

/** Fails at first, and is retried as the Dag says. */
const fetchOrders = dag.task("fetch_orders", (_args, ctx): Order[] => {
  if (ctx.ti.tryNumber === 1) throw new Error("The shop is busy: try again");
  return [{ region: "eu", amount: 30 }, { region: "us", amount: 10 }, { region: "eu", amount: 2 }];
}, { docMd: "Asks the **shop**.", executionTimeout: { minutes: 5 } });

const sumUp = dag.task("sum_up", ({ orders }: { orders: Order[] }) => {
  const sums: Record<string, number> = {};
  for (const { region, amount } of orders) sums[region] = (sums[region] ?? 0) + amount;
  return sums;
});

// Each call adds the task to the Dag, and passes its result to the next one.
const orders = fetchOrders();
const sums = sumUp({ orders });
// Airflow's scheduler runs an empty task without a worker.
dag.empty("done").after(sums);

await new Bundle().register(dag).serve();
