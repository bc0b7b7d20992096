/**
 * The error family of the project.
 *
 * @module
 */

/**
 * The code of a {@linkcode TaskRuntimeError}, for callers that handle one kind of failure.
 *
 * - `NOT_FOUND`: Airflow has no such connection, variable, XCom, asset or Dag run
 * - `PERMISSION_DENIED`: Airflow or Deno's sandbox refused the operation
 * - `CONFLICT`: it already exists, or its state does not allow the request
 * - `TIMEOUT`: no reply came in time
 * - `CLOSED`: the connection to the supervisor is closed
 * - `ABORTED`: the caller's AbortSignal, or the task's, cancelled the wait
 * - `INVALID`: an argument, a value or a file is not valid
 * - `MALFORMED`: received bytes or messages violate the protocol
 * - `API`: Airflow's API server or an object store answered with another error
 * - `UNSUPPORTED`: this version of Airflow, Deno or the bundle does not support it
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

/** The details of a {@linkcode TaskRuntimeError}, in addition to its message. */
export interface TaskRuntimeErrorOptions extends ErrorOptions {
  /** The type of the request that failed, e.g. `"GetConnection"`. */
  request?: string | undefined;
  /** The detail that the supervisor sent with the error, unchanged. */
  detail?: unknown;
}

/**
 * The error that every function of the project throws.
 *
 * The message reads `Cannot <verb> <thing> "<id>": <cause>. <what to do>`. Compare
 * {@linkcode TaskRuntimeError.code}, not the message.
 *
 * @example Recognize a missing variable
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
  /** The kind of failure. */
  readonly code: ErrorCode;
  /** The type of the request that failed, e.g. `"GetConnection"`; undefined outside a request. */
  readonly request: string | undefined;
  /** The detail that the supervisor sent with the error; undefined if it sent none. */
  readonly detail: unknown;

  /** Creates an error; `message` has the form `Cannot <verb> <thing> "<id>": <cause>`. */
  constructor(code: ErrorCode, message: string, options: TaskRuntimeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.request = options.request;
    this.detail = options.detail;
  }
}
