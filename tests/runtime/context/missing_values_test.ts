import { assertEquals } from "@std/assert";
import { type TaskContext, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import { runTask } from "@airflow-deno/task-runtime/testing";

type Read = (ctx: TaskContext, options: { default?: unknown }) => Promise<unknown>;

/** The table in the documentation of TaskContext. */
const READS: Readonly<Record<string, { read: Read; missing: unknown }>> = {
  "connections.get()": {
    read: (ctx, options) => ctx.connections.get("nowhere", options),
    missing: "NOT_FOUND",
  },
  "variables.get()": {
    read: (ctx, options) => ctx.variables.get("none", options),
    missing: "NOT_FOUND",
  },
  "variables.getJson()": {
    read: (ctx, options) => ctx.variables.getJson("none", options),
    missing: "NOT_FOUND",
  },
  "xcoms.item()": {
    read: (ctx, options) =>
      "default" in options
        ? ctx.xcoms.item("up", 3, { default: options.default })
        : ctx.xcoms.item("up", 3),
    missing: "NOT_FOUND",
  },
  "xcoms.pull()": {
    read: (ctx, options) =>
      "default" in options
        ? ctx.xcoms.pull("up", { default: options.default })
        : ctx.xcoms.pull("up"),
    missing: null,
  },
  "state.get()": {
    read: (ctx, options) =>
      "default" in options
        ? ctx.state.get("none", { default: options.default })
        : ctx.state.get("none"),
    missing: undefined,
  },
};

async function result(ctx: TaskContext, read: Read, options: object): Promise<unknown> {
  try {
    return await read(ctx, options);
  } catch (error) {
    return error instanceof TaskRuntimeError ? error.code : error;
  }
}

for (const [name, { read, missing }] of Object.entries(READS)) {
  Deno.test(`ctx.${name}: returns its default, also undefined, for a missing value`, async () => {
    const seen: unknown[] = [];
    const handler = new TaskHandler("etl", "reads", async (_args, ctx) => {
      for (const options of [{}, { default: 7 }, { default: null }, { default: undefined }]) {
        seen.push(await result(ctx, read, options));
      }
    });
    assertEquals((await runTask(handler)).state, "success");
    assertEquals(seen, [missing, 7, null, undefined]);
  });
}
