/**
 * Authors' values on their way to a field that Airflow keeps as JSON.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { tell } from "../../protocol/fault.ts";
import { findNoJson } from "../../protocol/json_value.ts";
import type { JsonObject, JsonValue } from "../../protocol/value.ts";
import { isPlainObject } from "../../values.ts";

/**
 * Makes sure that `value` is JSON, `deed` being what was to be done with it: `set state "a"`.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the place inside the value
 */
export function checkJson(deed: string, value: unknown): asserts value is JsonValue {
  if (value === undefined) throw invalid(deed, "the value is undefined, and Airflow keeps JSON");
  const found = findNoJson(value);
  if (found !== undefined) throw invalid(deed, tell(found));
}

/**
 * Makes sure that `value` is a JSON object.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the place inside the value
 */
export function checkJsonObject(deed: string, value: unknown): asserts value is JsonObject {
  if (!isPlainObject(value)) throw invalid(deed, "the value is no plain object");
  checkJson(deed, value);
}

/** An error of code `INVALID` that says why `deed` cannot be done. */
export function invalid(deed: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot ${deed}: ${reason}`);
}
