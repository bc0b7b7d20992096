/**
 * The ends of a request that no reply made.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { SentMessage } from "../protocol/reply.ts";

/** The supervisor went away, for `reason`. */
export function closedError(message: SentMessage, reason: unknown): TaskRuntimeError {
  return new TaskRuntimeError(
    "CLOSED",
    `Cannot send ${message.type}: the supervisor is gone`,
    { cause: reason },
  );
}

/** Whoever asked gave it up, for `reason`. */
export function abortedError(message: SentMessage, reason: unknown): TaskRuntimeError {
  return new TaskRuntimeError("ABORTED", `Cannot wait for the reply to ${message.type}: aborted`, {
    cause: reason,
  });
}

/** No reply came in time. */
export function timeoutError(message: SentMessage, seconds: number): TaskRuntimeError {
  return new TaskRuntimeError(
    "TIMEOUT",
    `Cannot get the reply to ${message.type}: none came within ${seconds} s`,
  );
}
