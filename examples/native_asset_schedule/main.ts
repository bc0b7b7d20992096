// A Dag that runs when assets were updated (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_asset_schedule/main.ts --fixtures examples/native_asset_schedule/dev.json
import { allOf, anyOf, Asset, Bundle, Dag } from "@airflow-deno/task-runtime";

// The same asset as in examples/native_assets, since name and URI are the same.
const orders = new Asset("native_orders", {
  uri: "s3://shop/orders",
  group: "shop",
  extra: { owner: "shop" },
});
const prices = new Asset("native_prices", { uri: "s3://shop/prices" });
const rates = new Asset("native_rates", { uri: "s3://shop/rates" });

const dag = new Dag("native_asset_schedule", {
  schedule: anyOf(orders, allOf(prices, rates)),
  queue: "deno",
  tags: ["typescript"],
});

/** Returns the events that triggered the run. */
dag.task(
  "report",
  (_args, ctx) =>
    ctx.dagRun.triggeringAssetEvents.map(({ asset, extra, source }) => ({
      asset: asset.name,
      rows: extra["rows"] ?? null,
      by: source.dagId,
    })),
  { inlets: [orders, prices, rates] },
)();

await new Bundle().register(dag).serve();
