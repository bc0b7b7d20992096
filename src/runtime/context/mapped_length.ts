/**
 * The number of instances of a downstream task that is mapped over a value.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** The default of Airflow's `[core] max_map_length`, which refuses longer values. */
const MAX_MAP_LENGTH = 1024;

/**
 * Returns the length that Airflow's Python sends when a downstream task is mapped over `value`, since
 * Airflow does not tell language runtimes whether one is. Returns undefined for a value that cannot be
 * mapped over (Python maps lists and dicts only) or is longer than Airflow's default limit.
 */
export function mappedLengthOf(value: unknown): number | undefined {
  const length = lengthOf(value);
  return length !== undefined && length <= MAX_MAP_LENGTH ? length : undefined;
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  return Object.values(value).filter((field) => field !== undefined).length;
}

/** Tells whether Airflow refused only the length, because its limit is lower than the default. */
export function isLengthRefusal(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "API" &&
    JSON.stringify(error.detail)?.includes("unmappable_return_value_length");
}
