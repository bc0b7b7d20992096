// Tasks that read assets and emit their events; run by assets_test.ts here and under conformance.
import { Bundle, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler } from "@airflow-deno/task-runtime";

async function failure(work: () => unknown): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error instanceof TaskRuntimeError ? [error.code, error.message] : String(error);
  }
}

const ORDERS = { name: "orders", uri: "s3://orders" };
const PLAIN = { name: "s3://plain", uri: "s3://plain" };

const tasks: Record<string, Handler> = {
  reads: async (_args, ctx) => [
    await ctx.assets.get("orders").read(),
    (await ctx.assets.get({ uri: "s3://orders" }).read()).name,
    (await ctx.assets.alias("all").read()).map(({ name }) => name),
    await failure(() => ctx.assets.get("nowhere").read()),
    await failure(() => ctx.assets.get({ name: "" })),
    await failure(() => ctx.assets.alias("")),
  ],
  lists_events: async (_args, ctx) => {
    const orders = ctx.assets.get(ORDERS);
    const days = async (events: AsyncIterable<{ extra: Record<string, unknown> }>) =>
      (await Array.fromAsync(events)).map(({ extra }) => extra["day"]);
    const [first] = await Array.fromAsync(orders.events({ limit: 1 }));
    return {
      all: await days(ctx.assets.get("orders").events()),
      newest: await days(orders.events({ ascending: false, limit: 2 })),
      between: await days(orders.events({
        after: Temporal.Instant.from("2026-01-02T00:00:00Z"),
        before: new Date("2026-01-02T12:00:00Z"),
      })),
      byAlias: await days(ctx.assets.alias("all").events({ limit: 1 })),
      first: first === undefined ? null : {
        timestamp: first.timestamp.toString(),
        asset: first.asset.name,
        source: first.source,
        partitionKey: first.partitionKey,
      },
      badLimit: await failure(() => Array.fromAsync(orders.events({ limit: 0 }))),
    };
  },
  filters_newly: async (_args, ctx) => {
    const filters = [{ partitionKey: "eu" }, { partitionKeyPattern: "^e" }, { extra: { a: "b" } }];
    const results: unknown[] = [];
    for (const filter of filters) {
      const list = async () => (await Array.fromAsync(ctx.assets.get("orders").events(filter))).length;
      results.push(await failure(list));
    }
    return results;
  },
  emits: (_args, ctx) => {
    ctx.outlets.add(ORDERS, { rows: 42 });
    ctx.outlets.add(ORDERS, {}, { partitionKey: "eu" });
    ctx.outlets.add(PLAIN);
    ctx.outlets.alias("all").add({ name: "late", uri: "s3://late" }, { rows: 1 });
  },
  emits_and_fails: (_args, ctx) => {
    ctx.outlets.add(ORDERS, { rows: 42 });
    throw new Error("no event then");
  },
  emits_badly: async (_args, ctx) => [
    await failure(() => ctx.outlets.add({ name: "", uri: "" })),
    await failure(() => ctx.outlets.add(ORDERS, Object.assign({}, { at: [new Date(0)] }))),
    await failure(() => ctx.outlets.alias("")),
  ],
  validates: async (_args, ctx) => {
    await ctx.outlets.validate();
    return "worked";
  },
  tells_consumed: (_args, ctx) =>
    ctx.dagRun.triggeringAssetEvents.map(({ timestamp, ...event }) => ({
      ...event,
      timestamp: timestamp.toString(),
    })),
};

const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
bundle.register(
  new TaskHandler("runtime", "declares", (_args, ctx) => {
    ctx.outlets.add(PLAIN, { rows: 1 });
  }, { outlets: [ORDERS, PLAIN] }),
);
await bundle.serve();
