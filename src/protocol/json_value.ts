/**
 * The check of values where Airflow's schema says JSON.
 *
 * @module
 */
import type { JsonObject } from "./generated.ts";
import { fault, type SchemaFault, within } from "./fault.ts";
import { describeKind, isPlainObject } from "../values.ts";

/**
 * The deepest nesting of arrays and objects. Airflow refuses more than 255 levels, counted from the
 * message, and then never answers.
 */
const MAX_DEPTH = 250;

const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 64n - 1n;

/**
 * Finds the first part of `value` that is not JSON; returns undefined for valid JSON.
 *
 * `undefined` is accepted, because the encoder leaves such keys out and sends null in arrays, and so are
 * Maps with string keys. Bytes and times are refused: Airflow never answers a message with one here.
 */
export function findNonJson(value: unknown, depth = 0): SchemaFault | undefined {
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

function findInContainer(value: object, depth: number): SchemaFault | undefined {
  if (depth > MAX_DEPTH) {
    return fault(`has more than ${MAX_DEPTH} arrays and objects within each other, or a cycle`);
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = findNonJson(value[i], depth);
      if (found !== undefined) return within(i, found);
    }
    return undefined;
  }
  if (isPlainObject(value)) {
    for (const key in value) {
      const found = findNonJson(value[key], depth);
      if (found !== undefined) return within(key, found);
    }
    return undefined;
  }
  return value instanceof Map ? findInMap(value, depth) : refusal(value);
}

function findInMap(map: ReadonlyMap<unknown, unknown>, depth: number): SchemaFault | undefined {
  for (const [key, value] of map) {
    if (typeof key !== "string") return fault("must have strings as keys");
    const found = findNonJson(value, depth);
    if (found !== undefined) return within(key, found);
  }
  return undefined;
}

function refusal(value: unknown): SchemaFault {
  return fault(`must be a JSON value, not ${describeKind(value)}`);
}

/** Tells whether a value that was read from JSON or from a checked message is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return isPlainObject(value);
}
