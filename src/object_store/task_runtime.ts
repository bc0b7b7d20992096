/**
 * The exports of the module that this entry point uses.
 *
 * It imports the module by its public name, as authors do, so that a bundle contains one copy of the
 * task context and of the error class.
 *
 * @module
 */
export { type ErrorCode, getContext, TaskRuntimeError } from "@airflow-deno/task-runtime";
export type { Connection, TaskContext } from "@airflow-deno/task-runtime";
