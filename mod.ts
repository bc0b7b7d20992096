/**
 * Tasks of Apache Airflow, written in TypeScript.
 *
 * Bind a function to a task with {@linkcode TaskHandler}, put the handlers of a file into a
 * {@linkcode Bundle}, and let it serve.
 *
 * @example
 * ```ts
 * import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const extract = new TaskHandler("etl", "extract", async (_args, ctx) => {
 *   const since = await ctx.variables.get("since", { default: "1970-01-01" });
 *   ctx.log.info("extracting", { since });
 *   return { rows: 42 }; // becomes the XCom return_value
 * });
 * const bundle = new Bundle().register(extract);
 * // await bundle.serve();
 * ```
 *
 * @module
 */
export { type ErrorCode, TaskRuntimeError, type TaskRuntimeErrorOptions } from "./src/error.ts";
export type { JsonObject, JsonValue } from "./src/protocol/generated.ts";
export { Bundle, type ServeOptions } from "./src/runtime/bundle.ts";
export { VERSION } from "./src/runtime/version.ts";
export type { Connection, Connections } from "./src/sdk/connections.ts";
export { type DagRun, getContext, type TaskContext, type TaskInstance } from "./src/sdk/context.ts";
export { TaskLogHandler } from "./src/sdk/log_handler.ts";
export type { LogFields, Logger } from "./src/sdk/logger.ts";
export { type Handler, type TaskArgs, TaskHandler } from "./src/sdk/task_handler.ts";
export type {
  VariableGetOptions,
  VariableKeysOptions,
  Variables,
  VariableSetOptions,
} from "./src/sdk/variables.ts";
export type { XComAddress, XComGetOptions, XComs, XComWriteOptions } from "./src/sdk/xcoms.ts";
