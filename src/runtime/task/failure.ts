/**
 * Failures that the next try would meet again.
 *
 * @module
 */
import { type ErrorCode, TaskRuntimeError, type TaskRuntimeErrorOptions } from "../../error.ts";

/** A failure that is not retried, whatever the task's retries and its retry policy say. */
export class FinalError extends TaskRuntimeError {
  /** Why there is no retry: the rest of a log line, e.g. "its arguments are not valid". */
  readonly why: string;

  /** Makes one; `message` in the form "Cannot <do> <thing>: <reason>". */
  constructor(
    code: ErrorCode,
    message: string,
    { why, ...options }: TaskRuntimeErrorOptions & { readonly why: string },
  ) {
    super(code, message, options);
    this.why = why;
  }
}
