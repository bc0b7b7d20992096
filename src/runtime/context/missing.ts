/**
 * Reads of values that Airflow does not have.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** Tells whether a request failed because Airflow does not have what it asked for. */
export function isNotFound(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "NOT_FOUND";
}
