/**
 * Errors in the definition of a Dag.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** An error of code `INVALID`: "Cannot define <what>: <reason>". */
export function invalid(what: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot define ${what}: ${reason}`);
}

/** An error of code `CONFLICT`: "Cannot define <what>: <reason>". */
export function conflict(what: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("CONFLICT", `Cannot define ${what}: ${reason}`);
}

/** Airflow's rule for ids: letters, digits, `_`, `-`, `.`, 250 characters at most. */
const ID = /^[\p{L}\p{N}_.-]{1,250}$/u;
/** A group's id may hold no dot: dots stand between groups. */
const GROUP_ID = /^[\p{L}\p{N}_-]{1,200}$/u;

/** Makes sure that Airflow allows `id`. */
export function checkId(what: string, id: unknown): asserts id is string {
  if (typeof id === "string" && ID.test(id)) return;
  throw invalid(what, 'an id has 1 to 250 letters, digits, "_", "-" and "."');
}

/** Makes sure that Airflow allows `id` for a task group. */
export function checkGroupId(what: string, id: unknown): asserts id is string {
  if (typeof id === "string" && GROUP_ID.test(id)) return;
  throw invalid(what, 'the id of a group has 1 to 200 letters, digits, "_" and "-"');
}
