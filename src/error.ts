/**
 * The one error family of the project.
 *
 * @module
 */

/**
 * What went wrong, for code that must decide.
 *
 * - `NOT_FOUND`: Airflow has no such connection, variable, XCom, asset, Dag run …
 * - `PERMISSION_DENIED`: Airflow, or Deno's sandbox, refused
 * - `CONFLICT`: it exists already, or is in a state that forbids the request
 * - `TIMEOUT`: the deadline passed before the answer came
 * - `CLOSED`: the other end is gone
 * - `ABORTED`: the caller's AbortSignal, or the task's, ended the wait
 * - `INVALID`: the input does not fit: an argument, a value, a file
 * - `MALFORMED`: bytes or messages from the other end that break the protocol
 * - `API`: Airflow's API server, or an object store, answered with an error of another kind
 * - `UNSUPPORTED`: this version of Airflow, Deno or the bundle cannot do it
 */
export type ErrorCode =
  | "NOT_FOUND"
  | "PERMISSION_DENIED"
  | "CONFLICT"
  | "TIMEOUT"
  | "CLOSED"
  | "ABORTED"
  | "INVALID"
  | "MALFORMED"
  | "API"
  | "UNSUPPORTED";

/** What a {@linkcode TaskRuntimeError} carries beside its message. */
export interface TaskRuntimeErrorOptions extends ErrorOptions {
  /** The type of the request that failed, e.g. `"GetConnection"`. */
  request?: string | undefined;
  /** What the supervisor said of it, as it came. */
  detail?: unknown;
}

/**
 * Every error that the runtime raises on purpose.
 *
 * Its message reads "Cannot <do> <thing>: <reason>" and names the id concerned; callers branch on
 * {@linkcode TaskRuntimeError.code}, never on the text.
 *
 * @example Tell a missing variable from other troubles
 * ```ts
 * import { TaskRuntimeError } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new TaskRuntimeError("NOT_FOUND", 'Cannot get variable "since": it does not exist');
 * assertEquals(error.code, "NOT_FOUND");
 * ```
 */
export class TaskRuntimeError extends Error {
  /** `"TaskRuntimeError"`. */
  override readonly name: string = "TaskRuntimeError";
  /** What went wrong, for code that must decide. */
  readonly code: ErrorCode;
  /** The type of the request that failed, e.g. `"GetConnection"`; undefined outside a request. */
  readonly request: string | undefined;
  /** What the supervisor said of it, as it came; undefined when it said nothing. */
  readonly detail: unknown;

  /** Makes an error of the family; `message` in the form "Cannot <do> <thing>: <reason>". */
  constructor(code: ErrorCode, message: string, options: TaskRuntimeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.request = options.request;
    this.detail = options.detail;
  }
}
