// Assets and their events. Try them: airflow-task-runtime dev examples/assets/main.ts --fixtures examples/assets/dev.json
import { Bundle, handlersFor } from "@airflow-deno/task-runtime";

const task = handlersFor("assets");

const orders = { name: "orders", uri: "s3://shop/orders" };

/** Emits an event of the asset when it succeeds. */
const load = task("load", (_args, ctx) => {
  ctx.outlets.add(orders, { rows: 42 });
}, { outlets: [orders] });

/** Updates an asset that only the run knows, through an alias in the Dag. */
const publish = task("publish", (_args, ctx) => {
  const day = ctx.dagRun.runAfter.toZonedDateTimeISO("UTC").toPlainDate().toString();
  const report = { name: `report-${day}`, uri: `s3://shop/reports/${day}` };
  ctx.outlets.alias("daily_reports").add(report, { pages: 3 });
  return report.uri;
});

/** Reads earlier events of an asset. */
const report = task("report", async (_args, ctx) => {
  const history = ctx.assets.get("orders");
  const { uri } = await history.read();
  let rows = 0;
  for await (const event of history.events({ after: new Date("2026-01-01T00:00:00Z") })) {
    ctx.log.info("updated", { at: event.timestamp, by: event.source.taskId });
    rows += Number(event.extra["rows"] ?? 0);
  }
  const triggeredBy = ctx.dagRun.triggeringAssetEvents.map(({ asset }) => asset.name);
  return { uri, rows, triggeredBy };
});

await new Bundle().register(load, publish, report).serve();
