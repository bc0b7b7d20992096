/**
 * The module that authors' code imports, as this door imports it.
 *
 * A bundle may take the binary's copy of that module in the place of its own (see
 * `bundle/module_link.ts`). The context of the task lies in the one it takes, and its errors are of
 * that one's class; so this door asks for it by the name that authors use, and never for its parts.
 *
 * @module
 */
export { type ErrorCode, getContext, TaskRuntimeError } from "@airflow-deno/task-runtime";
export type { Connection, TaskContext } from "@airflow-deno/task-runtime";
