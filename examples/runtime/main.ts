// What a task shows of itself, and how long it may take. Try it: airflow-task-runtime dev examples/runtime/main.ts --fixtures examples/runtime/dev.json
import { getLogger, setup } from "@std/log";
import { Bundle, getContext, TaskHandler, TaskLogHandler } from "@airflow-deno/task-runtime";

// A library that logs by @std/log writes to the task log so, under its own name.
setup({
  handlers: { task: new TaskLogHandler("DEBUG") },
  loggers: { exporter: { level: "DEBUG", handlers: ["task"] } },
});

/** Deep in the code, where no context is at hand. */
async function exportRows(table: string): Promise<number> {
  getLogger("exporter").info("exporting", { table });
  const { signal } = getContext();
  signal.throwIfAborted(); // hand it on to fetch() and the like, so that they end with the task
  return await Promise.resolve(42);
}

/** The Dag maps it over the tables: each instance shows its table's name, and its query. */
const exportTable = new TaskHandler("runtime", "export_table", async (_args, ctx) => {
  await ctx.setExecutionTimeout(Temporal.Duration.from({ minutes: 10 }));
  const table = ["orders", "customers"][ctx.mapIndex] ?? "orders";
  await ctx.setMapIndexLabel(table);
  await ctx.setRenderedFields({ sql: `select * from ${table}` });
  return await exportRows(table);
});

/** Ended when its time is over; what listens to the signal can tidy up before. */
const slow = new TaskHandler("runtime", "ask_slow_service", async (_args, ctx) => {
  await ctx.setExecutionTimeout(0.2);
  ctx.signal.addEventListener("abort", () => ctx.log.warn("too slow, tidying up"));
  await new Promise((_resolve, reject) => {
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
  });
});

/** Secrets that no connection holds are masked on request. */
const login = new TaskHandler("runtime", "log_in", async (_args, ctx) => {
  const token = `t-${crypto.randomUUID()}`;
  await ctx.maskSecret(token);
  ctx.log.info(`logged in with ${token}`);
});

await new Bundle().register(exportTable, slow, login).serve();
