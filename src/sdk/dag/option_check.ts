/**
 * Checks of options by their kind, the same for Dags and tasks.
 *
 * @module
 */
import { instantOf } from "../moment.ts";
import { secondsIn } from "./duration.ts";
import { invalid } from "./problem.ts";
import { isPlainObject } from "../../values.ts";

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
