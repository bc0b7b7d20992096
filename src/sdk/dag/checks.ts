/**
 * Checks of what authors define, and their errors.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { TaskRuntimeError } from "../../error.ts";
import { instantOf, secondsIn } from "../time.ts";

/** Makes an error of code `INVALID`: "Cannot define <what>: <reason>". */
export function invalid(what: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot define ${what}: ${reason}`);
}

/** Makes an error of code `CONFLICT`: "Cannot define <what>: <reason>". */
export function conflict(what: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("CONFLICT", `Cannot define ${what}: ${reason}`);
}

const ID = /^[\p{L}\p{N}_.-]{1,250}$/u;
/** Dots separate the ids of nested groups. */
const GROUP_ID = /^[\p{L}\p{N}_-]{1,200}$/u;

/** Checks that Airflow allows the id of a Dag or task. */
export function checkAirflowId(what: string, id: unknown): asserts id is string {
  if (typeof id === "string" && ID.test(id)) return;
  throw invalid(what, 'its id must have 1 to 250 letters, digits, "_", "-" and "."');
}

/** Checks that Airflow allows the id of a task group. */
export function checkGroupId(what: string, id: unknown): asserts id is string {
  if (typeof id === "string" && GROUP_ID.test(id)) return;
  throw invalid(what, 'its id must have 1 to 200 letters, digits, "_" and "-"');
}

/**
 * The kind of an option's value, which decides how it is checked and serialized. A list means one of
 * these words.
 *
 * - `count`: an integer from 0, `positive`: from 1, `integer`: any
 * - `number`: any number from 0
 * - `duration`: a length of time from 0
 * - `time`: a point in time
 * - `object`: a plain object of JSON
 * - `own`: separate code checks and serializes it
 */
export type OptionKind =
  | "flag"
  | "string"
  | "count"
  | "positive"
  | "integer"
  | "number"
  | "duration"
  | "time"
  | "object"
  | "own"
  | readonly string[];

/**
 * Checks that every option exists and has a value of its kind.
 *
 * @throws {TaskRuntimeError} `INVALID` with the first wrong option
 */
export function checkOptions(
  what: string,
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
): void {
  if (!isPlainObject(options)) throw invalid(what, "its options must be a plain object");
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw invalid(what, `the option "${name}" does not exist`);
    if (value === undefined) continue;
    if (kind === "time") instantOf(dateOf(value), `Cannot define ${what}: its "${name}"`);
    const fault = faultOf(value, kind);
    if (fault !== undefined) throw invalid(what, `its "${name}" ${fault}, got ${jsonOf(value)}`);
  }
}

function faultOf(value: unknown, kind: OptionKind): string | undefined {
  if (typeof kind !== "string") {
    const words = kind.map((word) => `"${word}"`).join(", ");
    return kind.some((word) => word === value) ? undefined : `must be one of ${words}`;
  }
  switch (kind) {
    case "flag":
      return typeof value === "boolean" ? undefined : "must be true or false";
    case "string":
      return typeof value === "string" && value !== "" ? undefined : "must be a non-empty string";
    case "count":
      return isWhole(value, 0) ? undefined : "must be a non-negative integer";
    case "positive":
      return isWhole(value, 1) ? undefined : "must be a positive integer";
    case "integer":
      return isWhole(value, -Infinity) ? undefined : "must be an integer";
    case "number":
      return typeof value === "number" && value >= 0 && Number.isFinite(value)
        ? undefined
        : "must be a non-negative number";
    case "duration":
      return (secondsIn(value) ?? -1) >= 0 ? undefined : "must be a non-negative length of time";
    case "object":
      return isPlainObject(value) ? undefined : "must be a plain object";
    case "time":
    case "own":
      return undefined;
  }
}

function isWhole(value: unknown, from: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= from;
}

function dateOf(value: unknown): Date | Temporal.Instant {
  if (value instanceof Date || value instanceof Temporal.Instant) return value;
  if (value instanceof Temporal.ZonedDateTime) return value.toInstant();
  return new Date(NaN);
}

/** Returns the JSON of a value for a message; its text where JSON cannot express it. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
