/**
 * What an author hands on, as a value that Airflow can keep.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { JsonObject, JsonValue } from "../protocol/generated.ts";

/** As deep as a value may go: beyond it, it is taken for a cycle. */
const MAX_DEPTH = 256;

/**
 * A copy of the value, as JSON has it.
 *
 * Fields that are `undefined` are left out, as in JSON; in an array they become null.
 *
 * @throws {TaskRuntimeError} `INVALID` for what JSON has no word for: NaN and infinities, functions,
 * symbols, bytes, dates, maps, sets and instances of classes, cycles; the message names the place
 */
export function xcomValue(value: unknown): JsonValue {
  return convert(value, [], 0);
}

function convert(value: unknown, path: readonly (string | number)[], depth: number): JsonValue {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "bigint":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw refusal(path, String(value));
    case "undefined":
      return null;
    case "object":
      break;
    default:
      throw refusal(path, `a ${typeof value}`);
  }
  if (value === null) return null;
  if (depth >= MAX_DEPTH) throw refusal(path.slice(0, 8), "a cycle, or nested too deep");
  if (Array.isArray(value)) return convertList(value, path, depth + 1);
  if (isPlain(value)) return convertObject(value, path, depth + 1);
  throw refusal(path, `an instance of ${value.constructor?.name ?? "a class"}`);
}

function convertList(
  list: readonly unknown[],
  path: readonly (string | number)[],
  depth: number,
): readonly JsonValue[] {
  const copy: JsonValue[] = [];
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    // A path is only made where it is needed: most values are scalars.
    const kept = isScalar(item) ? item : convert(item, [...path, index], depth);
    copy.push(kept);
  }
  return copy;
}

function convertObject(
  object: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  depth: number,
): JsonObject {
  const copy: Record<string, JsonValue> = {};
  for (const key of Object.keys(object)) {
    const item = object[key];
    if (item === undefined) continue;
    const kept = isScalar(item) ? item : convert(item, [...path, key], depth);
    if (key !== "__proto__") copy[key] = kept;
    else Object.defineProperty(copy, key, { value: kept, enumerable: true });
  }
  return copy;
}

function isScalar(value: unknown): value is string | boolean | null {
  return typeof value === "string" || typeof value === "boolean" || value === null;
}

function isPlain(value: object): value is Readonly<Record<string, unknown>> {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refusal(path: readonly (string | number)[], what: string): TaskRuntimeError {
  const place = path.map((part) => typeof part === "number" ? `[${part}]` : `.${part}`).join("");
  return new TaskRuntimeError(
    "INVALID",
    `Cannot send the value at $${place}: XComs are JSON, and this is ${what}`,
  );
}
