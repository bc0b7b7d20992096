/**
 * Checks of names that the supervisor sends to the API server.
 *
 * Its client puts keys and ids into the path of a URL without escaping them. A character with a meaning
 * there would change the key without an error: a value set under "a?b" is stored under "a".
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** Characters that end the path of a URL, escape another character, or change the directory. */
const CHANGED = /[?#]|%[\da-f]{2}|(?<=^|\/)\.{1,2}(?=\/|$)/i;

/**
 * A key that {@linkcode CHANGED} matches contains one of these. Testing them first saves most tasks
 * the compilation of the expression.
 */
const SUSPECT = ["?", "#", "%", "."];

/**
 * Checks that `key`, of an XCom, a variable or a connection, reaches Airflow unchanged.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is not a text, is empty, or contains `?`, `#`, a
 * percent-encoded character, or `.` or `..` as a part between slashes
 */
export function checkKey(kind: "XCom" | "variable" | "connection", key: string): void {
  if (typeof key !== "string") {
    const reason = `its name must be a text, got ${typeof key}`;
    throw new TaskRuntimeError("INVALID", `Cannot use ${kind}: ${reason}`);
  }
  if (key === "") throw invalid(kind, key, "its name must not be empty");
  const changed = SUSPECT.some((mark) => key.includes(mark)) ? CHANGED.exec(key) : null;
  if (changed === null) return;
  throw invalid(kind, key, `Airflow cannot transport "${changed[0]}" in a name. Use another name`);
}

function invalid(kind: string, key: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot use ${kind} "${key}": ${reason}`);
}
