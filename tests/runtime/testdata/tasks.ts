// Tasks that end in every way an author's code can end; run by execution_test.ts.
import { Bundle, getContext, TaskHandler, TaskLogHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import type { Handler } from "@airflow-deno/task-runtime";
import { getLogger, setup } from "@std/log";
import process from "node:process";

const tasks: Record<string, Handler> = {
  returns: () => ({ rows: 42, big: 2n ** 60n, nested: [1, { a: null }] }),
  returns_nothing: () => {},
  returns_null: () => null,
  returns_function: () => ({ rows: [{ run: () => 1 }] }),
  returns_bytes: () => new Uint8Array(2),
  returns_nan: () => ({ a: [NaN] }),
  throws: () => {
    throw new TypeError("it broke", { cause: new Error("deeper") });
  },
  throws_text: () => {
    throw "just text";
  },
  exits_zero: () => Deno.exit(0),
  exits_node: () => process.exit(3),
  exits_and_catches: async () => {
    try {
      Deno.exit(0);
    } catch {
      await Promise.resolve();
    }
    return "went on";
  },
  rejects_aside: async () => {
    Promise.reject(new Error("never caught"));
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  },
  throws_aside: async () => {
    setTimeout(() => {
      throw new Error("thrown in a timer");
    }, 1);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  },
  leaves_timers: () => {
    setInterval(() => {}, 1000);
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => new Response());
    return "left things running";
  },
  fails_later: () => {
    queueMicrotask(() => Promise.reject(new Error("too late to matter")));
    setTimeout(() => Deno.exit(7), 0);
    return "returned";
  },
  logs: (_args, ctx) => {
    ctx.log.debug("not wanted");
    ctx.log.info("plain", { rows: 1, msg: "renamed" });
    ctx.log.with({ step: 2 }).named("http").warn("with fields", { url: "/" });
    ctx.log.error("with error", new RangeError("out"));
    ctx.log.critical("worst");
  },
  prints: () => {
    console.log("printed %s times", 2, { a: 1 });
    console.warn("careful");
    console.error(new Error("shown"));
    console.debug("not wanted");
    console.assert(1 > 2, "arithmetic");
    Deno.stdout.writeSync(new TextEncoder().encode("raw out\n"));
    Deno.stderr.writeSync(new TextEncoder().encode("raw err\n"));
  },
  logs_with_std: () => {
    setup({
      handlers: { task: new TaskLogHandler("DEBUG") },
      loggers: { etl: { level: "DEBUG", handlers: ["task"] } },
    });
    getLogger("etl").warn("from std", { rows: 3 }, new Error("std error"));
  },
  logs_many: (_args, ctx) => {
    for (let i = 0; i < 5000; i++) ctx.log.info(`line ${i}`);
  },
  tells_context: (_args, ctx) => {
    const { ti, dagRun, tryNumber, mapIndex } = getContext();
    return {
      same: ctx === getContext(),
      ids: [ti.dagId, ti.taskId, ti.runId === dagRun.runId],
      tryNumber,
      mapIndex,
      logicalDate: dagRun.logicalDate?.toString() ?? null,
      conf: dagRun.conf,
    };
  },
  reads: async (_args, ctx) => ({
    connection: { ...await ctx.connections.get("warehouse") },
    json: await ctx.variables.getJson("settings"),
    fallback: await ctx.variables.get("nothing", { default: "fallback" }),
    upstream: await ctx.xcoms.pull("start"),
    mapped: await ctx.xcoms.pull("mapped", { mapIndex: 1 }),
    missing: await ctx.xcoms.pull("start", { key: "none", default: "none" }),
  }),
  writes: async (_args, ctx) => {
    await ctx.variables.set("plain", "text");
    await ctx.variables.set("json", { a: [1] }, { description: "made by a test" });
    await ctx.variables.delete("settings");
    await ctx.xcoms.push("extra", { a: 1 });
    await ctx.xcoms.push("gone", 1);
    await ctx.xcoms.delete("gone");
    return await Array.fromAsync(ctx.variables.keys());
  },
  reads_at_once: async (_args, ctx) =>
    await Promise.all(["a", "b", "c"].map((key) => ctx.variables.get(key))),
  asks_and_leaves: (_args, ctx) => {
    void ctx.xcoms.push("late", "still written");
    return "done";
  },
  misses: async (_args, ctx) => {
    const errors: unknown[] = [];
    for (
      const ask of [
        () => ctx.connections.get("nowhere"),
        () => ctx.variables.get("nothing"),
        () => ctx.variables.getJson("nothing"),
        () => ctx.variables.set("fn", () => 1),
        () => ctx.xcoms.push("fn", { f: [Symbol("x")] }),
      ]
    ) {
      try {
        await ask();
      } catch (error) {
        if (!(error instanceof TaskRuntimeError)) throw error;
        errors.push([error.code, error.message, error.stack?.includes("tasks.ts") ?? false]);
      }
    }
    return errors;
  },
  waits_for_signal: async (_args, ctx) => {
    ctx.log.info("waiting");
    await new Promise((_resolve, reject) => {
      ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason), { once: true });
    });
  },
  ignores_signal: async (_args, ctx) => {
    ctx.log.info("waiting");
    await new Promise(() => setInterval(() => {}, 1000));
  },
  outlives_supervisor: async (_args, ctx) => {
    await ctx.variables.get("a");
  },
};

const bundle = new Bundle({ permissions: { net: ["127.0.0.1"] } });
for (const [taskId, handler] of Object.entries(tasks)) {
  bundle.register(new TaskHandler("runtime", taskId, handler));
}
await bundle.serve();
