/**
 * What an author's code threw: its causes, its text, and whether a retry can help.
 *
 * @module
 */
import { type ErrorCode, TaskRuntimeError, type TaskRuntimeErrorOptions } from "../../error.ts";
import type { LogFields } from "../../sdk/logger.ts";

/** The most errors of a chain, since errors may cause each other. */
const MAX_CAUSES = 10;

/** The most of a reason that is kept until its secrets are masked, in UTF-16 units. */
const MAX_UNMASKED = 1024 * 1024;

/** A failure that is never retried, since the next try would fail as well. */
export class FinalError extends TaskRuntimeError {
  /** Why there is no retry: the end of a log line, e.g. "its arguments are not valid". */
  readonly why: string;

  /** Creates one; `message` in the form "Cannot <verb> <thing>: <cause>". */
  constructor(
    code: ErrorCode,
    message: string,
    { why, ...options }: TaskRuntimeErrorOptions & { readonly why: string },
  ) {
    super(code, message, options);
    this.why = why;
  }
}

/** Yields what was thrown, then its causes. A getter of an author's error may throw meanwhile. */
export function* withCauses(thrown: unknown): Generator<unknown> {
  yield thrown;
  let at = causeOf(thrown);
  for (let count = 1; count < MAX_CAUSES && at !== undefined; count++) {
    yield at;
    at = causeOf(at);
  }
}

function causeOf(thrown: unknown): unknown {
  return Error.isError(thrown) ? thrown.cause : undefined;
}

/** Returns the name and message of an error, as the reason of a terminal message. */
export function reasonOf(thrown: unknown): string {
  let reason: string;
  try {
    reason = Error.isError(thrown) ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    reason = "an error that cannot be shown";
  }
  return wellFormed(reason);
}

/** Cuts a reason to a length that can be masked, without half a character. */
export function wellFormed(reason: string): string {
  return reason.slice(0, MAX_UNMASKED).toWellFormed();
}

/** Returns an error itself, whose stack the log shows; anything else becomes a field. */
export function shown(thrown: unknown): LogFields | Error {
  return Error.isError(thrown) ? thrown : { error: thrown === undefined ? "undefined" : thrown };
}

/** Returns an error itself; anything else becomes the cause of one. */
export function asError(thrown: unknown): Error {
  return Error.isError(thrown)
    ? thrown
    : new Error("A value that is not an error was thrown", { cause: thrown });
}
