/**
 * The errors of this folder: a file that is not a valid bundle, and input that cannot be packed.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";

/** Creates the error for a file that Airflow would refuse as well. */
export function cannotRead(path: string, reason: string, cause?: unknown): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot read bundle ${path}: ${reason}`, { cause });
}

/** Creates the error for input that cannot be packed. */
export function cannotPack(what: string, reason: string, cause?: unknown): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot pack ${what}: ${reason}`, { cause });
}

/**
 * Creates the error for a file that cannot be opened: `NOT_FOUND`, `PERMISSION_DENIED` or, for any
 * other cause, `INVALID`.
 */
export function cannotOpen(path: string, error: unknown): TaskRuntimeError {
  const message = (reason: string): string => `Cannot read bundle ${path}: ${reason}`;
  const cause = { cause: error };
  if (error instanceof Deno.errors.NotFound) {
    return new TaskRuntimeError("NOT_FOUND", message("there is no such file"), cause);
  }
  if (
    error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable
  ) {
    return new TaskRuntimeError("PERMISSION_DENIED", message(error.message), cause);
  }
  return cannotRead(path, error instanceof Error ? error.message : String(error), error);
}
