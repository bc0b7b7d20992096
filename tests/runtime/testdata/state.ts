// Tasks that keep state; run by state_test.ts here and under conformance.
import { Bundle, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler } from "@airflow-deno/task-runtime";

async function failure(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return error instanceof TaskRuntimeError ? [error.code, error.message] : String(error);
  }
}

const tasks: Record<string, Handler> = {
  keeps: async (_args, ctx) => {
    const before = await ctx.state.get<number>("cursor", { default: -1 });
    await ctx.state.set("cursor", before + 1);
    await ctx.state.set("nested", { a: [1, "x", null], __proto__: null });
    await ctx.state.set("gone", true);
    await ctx.state.delete("gone");
    await ctx.state.delete("never there");
    return [before, await ctx.state.get("cursor"), await ctx.state.get("gone") ?? "missing"];
  },
  clears: async (_args, ctx) => {
    await ctx.state.clear();
    return await ctx.state.get("cursor", { default: "cleared" });
  },
  expires: async (_args, ctx) => {
    await ctx.state.set("by default", 1);
    await ctx.state.set("in an hour", 1, { retention: 3600 });
    await ctx.state.set("at", 1, { expiresAt: new Date("2030-01-02T03:04:05Z") });
    await ctx.state.set("never", 1, { expiresAt: null });
  },
  refuses: async (_args, ctx) => {
    const state = ctx.assets.get("orders").state;
    return [
      await failure(() => ctx.state.set("k", null)),
      await failure(() => ctx.state.set("k", { at: [new Date(0)] })),
      await failure(() => ctx.state.set("k", undefined)),
      await failure(() => ctx.state.set("", 1)),
      await failure(() => ctx.state.set("k", 1, { retention: -1 })),
      await failure(() => ctx.state.set("k", 1, { retention: 1, expiresAt: null })),
      await failure(() => state.set("k", NaN)),
    ];
  },
  keeps_with_asset: async (_args, ctx) => {
    const byName = ctx.assets.get("orders").state;
    const byUri = ctx.assets.get({ uri: "s3://orders" }).state;
    await byName.set("mark", { at: 1 });
    await byUri.set("other", 2);
    await byUri.set("gone", 3);
    await byName.delete("gone");
    const read = [await byName.get("mark"), await byUri.get("other"), await byUri.get("gone") ?? null];
    return [...read, await failure(() => ctx.assets.get("nowhere").state.set("k", 1))];
  },
  clears_asset: async (_args, ctx) => {
    await ctx.assets.get("orders").state.clear();
    await ctx.assets.get({ uri: "s3://orders" }).state.clear();
    return await ctx.assets.get("orders").state.get("mark", { default: "cleared" });
  },
};

const bundle = new Bundle();
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
await bundle.serve();
