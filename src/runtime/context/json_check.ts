/**
 * Checks of authors' values for fields that Airflow stores as JSON.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { faultText } from "../../protocol/fault.ts";
import { findNonJson } from "../../protocol/json_value.ts";
import type { JsonObject, JsonValue } from "../../protocol/value.ts";
import { isPlainObject } from "../../values.ts";

/**
 * Checks that `value` is JSON; `deed` is the operation for the message: `set state "a"`.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the place inside the value
 */
export function checkJson(deed: string, value: unknown): asserts value is JsonValue {
  if (value === undefined) throw invalid(deed, "the value must be JSON, got undefined");
  const found = findNonJson(value);
  if (found !== undefined) throw invalid(deed, faultText(found));
}

/**
 * Checks that `value` is a JSON object.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the place inside the value
 */
export function checkJsonObject(deed: string, value: unknown): asserts value is JsonObject {
  if (!isPlainObject(value)) throw invalid(deed, "the value must be a plain object");
  checkJson(deed, value);
}

/** Makes an error of code `INVALID`: "Cannot <deed>: <reason>". */
export function invalid(deed: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot ${deed}: ${reason}`);
}
