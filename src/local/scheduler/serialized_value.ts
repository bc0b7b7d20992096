/**
 * Values of a serialized Dag: JSON, where `{ __type, __var }` stands for what JSON has no word for.
 *
 * @module
 */

import { isJsonObject } from "../../protocol/json_value.ts";

/** What is inside a value of the type; undefined for one of another type. */
export function ofType(value: unknown, type: string): unknown {
  return isJsonObject(value) && value["__type"] === type ? value["__var"] : undefined;
}

/** The value itself where it stands in a `{ __type, __var }`, down to the inside of lists. */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isJsonObject(value)) return value;
  if (typeof value["__type"] === "string" && Object.hasOwn(value, "__var")) {
    return plainValue(value["__var"]);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}
