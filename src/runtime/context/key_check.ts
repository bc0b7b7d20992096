/**
 * Names that Airflow's supervisor can carry to its API server.
 *
 * Its client puts keys and ids into the path of a URL as they are. What has a meaning there would
 * not be refused but reach another key: a value set under "a?b" is kept under "a".
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** What ends a URL's path, stands for another character in it, or for another folder. */
const CHANGED = /[?#]|%[\da-f]{2}|(?<=^|\/)\.{1,2}(?=\/|$)/i;

/**
 * One of these is in every key that {@linkcode CHANGED} finds something in, and in few others: most
 * tasks need not compile it.
 */
const SUSPECT = ["?", "#", "%", "."];

/**
 * Makes sure that `key`, of an XCom, a variable or a connection, reaches Airflow as it is.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is no text, is empty, or has in it `?`, `#`, a
 * percent-encoded character, or `.` or `..` for a part between slashes
 */
export function checkKey(kind: "XCom" | "variable" | "connection", key: string): void {
  if (typeof key !== "string") {
    const reason = `its name is no text but ${typeof key}`;
    throw new TaskRuntimeError("INVALID", `Cannot use ${kind}: ${reason}`);
  }
  if (key === "") throw invalid(kind, key, "it is empty");
  const changed = SUSPECT.some((mark) => key.includes(mark)) ? CHANGED.exec(key) : null;
  if (changed === null) return;
  throw invalid(kind, key, `Airflow does not carry the "${changed[0]}" in it; name it otherwise`);
}

function invalid(kind: string, key: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot use ${kind} "${key}": ${reason}`);
}
