// Log, labels, execution timeout and secrets of a task. Try it: airflow-task-runtime dev examples/runtime/main.ts --fixtures examples/runtime/dev.json
import { getLogger, setup } from "@std/log";
import { Bundle, getContext, handlersFor, TaskLogHandler } from "@airflow-deno/task-runtime";

const task = handlersFor("runtime");

// Writes the records of a library that uses @std/log to the task log.
setup({
  handlers: { task: new TaskLogHandler("DEBUG") },
  loggers: { exporter: { level: "DEBUG", handlers: ["task"] } },
});

/** Has no context parameter, and calls getContext(). */
async function exportRows(table: string): Promise<number> {
  getLogger("exporter").info("exporting", { table });
  const { signal } = getContext();
  signal.throwIfAborted(); // pass it to fetch() and similar functions, so that they stop with the task
  return await Promise.resolve(42);
}

/** Mapped over tables by the Dag: each instance shows the name of its table, and its query. */
const exportTable = task("export_table", async (_args, ctx) => {
  await ctx.setExecutionTimeout({ minutes: 10 });
  const table = ["orders", "customers"][ctx.mapIndex] ?? "orders";
  await ctx.setMapIndexLabel(table);
  await ctx.setRenderedFields({ sql: `select * from ${table}` });
  return await exportRows(table);
});

/** Fails at its execution timeout; listeners of the signal can clean up before. */
const slow = task("ask_slow_service", async (_args, ctx) => {
  await ctx.setExecutionTimeout(0.2);
  ctx.signal.addEventListener("abort", () => ctx.log.warn("too slow, tidying up"));
  await new Promise((_resolve, reject) => {
    ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason));
  });
});

/** Masks a secret that no connection holds. */
const login = task("log_in", async (_args, ctx) => {
  const token = `t-${crypto.randomUUID()}`;
  await ctx.maskSecret(token);
  ctx.log.info(`logged in with ${token}`);
});

await new Bundle().register(exportTable, slow, login).serve();
