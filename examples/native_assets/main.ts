// Assets that tasks write and read (Airflow 3.4). Try it: airflow-task-runtime dev examples/native_assets/main.ts --fixtures examples/native_assets/dev.json
import { Asset, AssetAlias, Bundle, Dag } from "@airflow-deno/task-runtime";

const orders = new Asset("native_orders", {
  uri: "s3://shop/orders",
  group: "shop",
  extra: { owner: "shop" },
});
const reports = new AssetAlias("native_reports");

const dag = new Dag("native_assets", { queue: "deno", tags: ["typescript"] });

/** Emits an event of the asset, with an extra, when it succeeds. */
const loaded = dag.task("load", (_args, ctx) => {
  ctx.outlets.add(orders, { rows: 42 });
}, { outlets: [orders] })();

/** Writes an asset that only the run knows, through an alias. */
const published = dag.task("publish", (_args, ctx) => {
  const region = String(ctx.dagRun.conf["region"] ?? "eu");
  ctx.outlets.alias(reports.name).add({
    name: `report-${region}`,
    uri: `s3://shop/reports/${region}`,
  });
}, { outlets: [reports] })().after(loaded);

/** Reads earlier events of the asset. */
dag.task("look_back", async (_args, ctx) => {
  let rows = 0;
  for await (const event of ctx.assets.get(orders.name).events()) {
    rows += Number(event.extra["rows"] ?? 0);
  }
  return { rows };
}, { inlets: [orders] })().after(published);

await new Bundle().register(dag).serve();
