/**
 * Errors in the definition of a Dag.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { TaskRuntimeError } from "../../error.ts";
import { instantOf, secondsIn } from "../time.ts";

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

/**
 * What an option's value is; it says how it is checked, and how it is written for Airflow.
 *
 * - `count`: a whole number from 0, `positive`: from 1, `whole`: any
 * - `number`: any number from 0
 * - `length`: a length of time above 0
 * - `object`: a plain object of JSON
 * - `own`: not written by the table, but by code of its own
 */
export type OptionKind =
  | "flag"
  | "text"
  | "count"
  | "positive"
  | "whole"
  | "number"
  | "length"
  | "moment"
  | "object"
  | "own"
  | readonly string[];

/**
 * Makes sure that every option is one that there is, and has a value of its kind.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the option
 */
export function checkOptions(
  what: string,
  options: unknown,
  kinds: Readonly<Record<string, OptionKind>>,
): void {
  if (!isPlainObject(options)) throw invalid(what, "its options are no plain object");
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) throw invalid(what, `there is no option "${name}"`);
    if (value === undefined) continue;
    if (kind === "moment") instantOf(asMoment(value), `Cannot define ${what}: its "${name}"`);
    const fault = faultOf(value, kind);
    if (fault !== undefined) throw invalid(what, `its "${name}" ${fault}, not ${show(value)}`);
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
    case "text":
      return typeof value === "string" && value !== "" ? undefined : "must be a text";
    case "count":
      return isWhole(value, 0) ? undefined : "must be a whole number from 0";
    case "positive":
      return isWhole(value, 1) ? undefined : "must be a whole number from 1";
    case "whole":
      return isWhole(value, -Infinity) ? undefined : "must be a whole number";
    case "number":
      return typeof value === "number" && value >= 0 && Number.isFinite(value)
        ? undefined
        : "must be a number from 0";
    case "length":
      return (secondsIn(value) ?? -1) >= 0 ? undefined : "must be a length of time";
    case "object":
      return isPlainObject(value) ? undefined : "must be a plain object";
    case "moment":
    case "own":
      return undefined;
  }
}

function isWhole(value: unknown, from: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= from;
}

function asMoment(value: unknown): Date | Temporal.Instant {
  if (value instanceof Date || value instanceof Temporal.Instant) return value;
  if (value instanceof Temporal.ZonedDateTime) return value.toInstant();
  return new Date(NaN);
}

function show(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) ?? "an object" : String(value);
}
