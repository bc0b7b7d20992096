/**
 * The refusals of this room: a file that is no good bundle, and input that none can be made of.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";

/** Makes the error for a file that Airflow's readers would refuse as well. */
export function cannotRead(path: string, reason: string, cause?: unknown): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot read bundle ${path}: ${reason}`, { cause });
}

/** Makes the error for input that no bundle can be made of. */
export function cannotPack(what: string, reason: string, cause?: unknown): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot pack ${what}: ${reason}`, { cause });
}

/**
 * Makes the error for a file that the system would not open: `NOT_FOUND`, `PERMISSION_DENIED` or,
 * for any other reason, `INVALID`.
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
