/**
 * Checks of authors' values and names, before they are sent.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { faultText } from "../../protocol/fault.ts";
import { findNonJson } from "../../protocol/json_value.ts";
import type { JsonObject, JsonValue } from "../../protocol/value.ts";
import { isPlainObject } from "../../values.ts";

/** Makes an error of code `INVALID`: "Cannot <deed>: <reason>". */
export function cannot(deed: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot ${deed}: ${reason}`);
}

/**
 * Checks that `value` is JSON; `deed` is the operation for the message: `set state "a"`.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the place inside the value
 */
export function checkJson(deed: string, value: unknown): asserts value is JsonValue {
  if (value === undefined) throw cannot(deed, "the value must be JSON, got undefined");
  const found = findNonJson(value);
  if (found !== undefined) throw cannot(deed, faultText(found));
}

/**
 * Checks that `value` is a JSON object.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the place inside the value
 */
export function checkJsonObject(deed: string, value: unknown): asserts value is JsonObject {
  if (!isPlainObject(value)) throw cannot(deed, "the value must be a plain object");
  checkJson(deed, value);
}

/** Characters that end the path of a URL, escape another character, or change the directory. */
const CHANGED = /[?#]|%[\da-f]{2}|(?<=^|\/)\.{1,2}(?=\/|$)/i;

/**
 * A key that {@linkcode CHANGED} matches contains one of these. Testing them first saves most tasks
 * the compilation of the expression.
 */
const SUSPECT = ["?", "#", "%", "."];

/**
 * Checks that `key`, of an XCom, a variable or a connection, reaches Airflow unchanged. The supervisor
 * puts it into the path of a URL without escaping it, so that a value set under "a?b" would be stored
 * under "a".
 *
 * @throws {TaskRuntimeError} `INVALID` when it is not a text, is empty, or contains `?`, `#`, a
 * percent-encoded character, or `.` or `..` as a part between slashes
 */
export function checkKey(kind: "XCom" | "variable" | "connection", key: string): void {
  if (typeof key !== "string") {
    throw cannot(`use ${kind}`, `its name must be a text, got ${typeof key}`);
  }
  const deed = `use ${kind} "${key}"`;
  if (key === "") throw cannot(deed, "its name must not be empty");
  const changed = SUSPECT.some((mark) => key.includes(mark)) ? CHANGED.exec(key) : null;
  if (changed === null) return;
  throw cannot(
    deed,
    `Airflow cannot transport "${changed[0]}" in a name. Use another name`,
  );
}

/** Tells whether a request failed because Airflow does not have what it asked for. */
export function isNotFound(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "NOT_FOUND";
}
