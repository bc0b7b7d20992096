/**
 * What may stand where Airflow's schema says JSON.
 *
 * @module
 */
import type { JsonObject } from "./generated.ts";
import { describe, type Fault, fault, within } from "./fault.ts";
import { isPlainObject } from "../values.ts";

/**
 * The most arrays and objects within each other. Airflow's validation ends at 255, counted from the
 * outside of the message, and an answer never comes then.
 */
const MAX_DEPTH = 250;

const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 64n - 1n;

/**
 * Finds what is no JSON in `value`; undefined when all is well.
 *
 * `undefined` passes, as the wire leaves such keys out and sends null in arrays; so does a Map with
 * string keys. Bytes and times do not: Airflow never answers a message that holds one here.
 */
export function findNoJson(value: unknown, depth = 0): Fault | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "undefined":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : refusal(value);
    case "bigint":
      return value >= LEAST_INTEGER && value <= MOST_INTEGER
        ? undefined
        : fault("must be an integer of at most 64 bits");
    case "object":
      return value === null ? undefined : findInContainer(value, depth + 1);
  }
  return refusal(value);
}

function findInContainer(value: object, depth: number): Fault | undefined {
  if (depth > MAX_DEPTH) {
    return fault(`has more than ${MAX_DEPTH} arrays and objects within each other, or a cycle`);
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = findNoJson(value[i], depth);
      if (found !== undefined) return within(i, found);
    }
    return undefined;
  }
  if (isPlainObject(value)) {
    for (const key in value) {
      const found = findNoJson(value[key], depth);
      if (found !== undefined) return within(key, found);
    }
    return undefined;
  }
  return value instanceof Map ? findInMap(value, depth) : refusal(value);
}

function findInMap(map: ReadonlyMap<unknown, unknown>, depth: number): Fault | undefined {
  for (const [key, value] of map) {
    if (typeof key !== "string") return fault("must have strings as keys");
    const found = findNoJson(value, depth);
    if (found !== undefined) return within(key, found);
  }
  return undefined;
}

function refusal(value: unknown): Fault {
  return fault(`must be a JSON value, not ${describe(value)}`);
}

/** Tells whether a value that was read from JSON or from a checked message is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value);
}
