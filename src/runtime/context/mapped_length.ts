/**
 * How many instances a mapped task downstream gets of a value.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** Airflow's `[core] max_map_length` by default; it refuses what is longer. */
const MAX_MAP_LENGTH = 1024;

/**
 * The length that Airflow's Python would tell, were a downstream task mapped over `value`; nothing
 * tells a foreign runtime whether one is. Undefined for what cannot be mapped over (Python maps
 * lists and dicts only), and for what is longer than Airflow takes.
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

/** Whether Airflow said no to a length only, because its limit has been set lower. */
export function isLengthRefusal(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "API" &&
    JSON.stringify(error.detail)?.includes("unmappable_return_value_length");
}
