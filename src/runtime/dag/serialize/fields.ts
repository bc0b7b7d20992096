/**
 * Options as fields of a serialized Dag: their names and values, and which ones Airflow omits.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import { secondsIn } from "../../../sdk/time.ts";
import type { OptionKind } from "../../../sdk/dag/checks.ts";
import { encodeObject, secondsSinceEpoch } from "./encoding.ts";
import { isPlainObject } from "../../../values.ts";

/** Airflow's names that differ from ours in more than case. */
const NAMES: Readonly<Record<string, string>> = {
  displayName: "task_display_name",
};

// Kept because a bundle may have tens of thousands of tasks.
const fieldNames = new Map<string, string>(Object.entries(NAMES));

/** Returns the field of an option: `maxActiveTasks` becomes `max_active_tasks`. */
export function fieldName(option: string): string {
  const known = fieldNames.get(option);
  if (known !== undefined) return known;
  const name = option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  fieldNames.set(option, name);
  return name;
}

/**
 * Encodes the options that are not of the kind "own", without those that have Airflow's default.
 */
export function fieldsOf(
  options: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, OptionKind>>,
  defaults: JsonObject,
): Record<string, JsonValue> {
  const fields: Record<string, JsonValue> = {};
  for (const [option, kind] of Object.entries(kinds)) {
    const value = options[option];
    if (kind === "own" || value === undefined) continue;
    const name = fieldName(option);
    const encoded = encodeOption(value, kind, name);
    if (encoded !== undefined && defaults[name] !== encoded) fields[name] = encoded;
  }
  return fields;
}

/** Encodes the value of an option; undefined for one that Airflow omits. */
export function encodeOption(
  value: unknown,
  kind: OptionKind,
  name: string,
): JsonValue | undefined {
  if (kind === "duration") return secondsIn(value);
  if (kind === "time") return secondsOfTime(value);
  if (kind === "object") {
    const encoded = encodeObject(isPlainObject(value) ? value : {}, `the field "${name}"`);
    const isEmpty = isPlainObject(value) && Object.keys(value).length === 0;
    return isEmpty ? undefined : encoded;
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return undefined;
}

/** Converts a point in time to seconds since the epoch. */
export function secondsOfTime(value: unknown): number | undefined {
  if (value instanceof Temporal.ZonedDateTime) return secondsSinceEpoch(value.toInstant());
  if (value instanceof Date || value instanceof Temporal.Instant) return secondsSinceEpoch(value);
  return undefined;
}
