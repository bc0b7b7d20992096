/**
 * The first lines of a thin bundle: a shell script that becomes the runtime binary, hidden from
 * JavaScript, so that the whole file is a module as well.
 *
 * @module
 */

import { cannotPack } from "./refusal.ts";

/** The file name of the runtime binary that a thin bundle looks for. */
export const RUNTIME_NAME = "airflow-task-runtime";

/**
 * Writes the lines before the code, the last line feed included.
 *
 * To the shell, `":" //` is its no-op with an argument; to JavaScript it is a string and a comment.
 * The lone `;` ends that string statement, whatever the code begins with. The runtime is sought in
 * the order: `$AIRFLOW_TASK_RUNTIME` (when set, nothing else is tried), beside the bundle,
 * `runtime` (a path given when packing), PATH. No process is started besides it, and no variable
 * set, for the runtime inherits the environment as it is.
 *
 * @throws {TaskRuntimeError} `INVALID` for a `runtime` path that cannot stand in one line.
 */
export function startLines(runtime?: string): string {
  const configured = runtime === undefined ? [] : [quote(runtime)];
  const places = [`"\${1%/*}/${RUNTIME_NAME}"`, ...configured];
  return [
    "#!/bin/sh",
    '":" //; ' + [
      // A $0 without a slash comes from `sh bundle` or an empty entry of PATH: the current folder.
      'case $0 in */*) set -- "$0" "$@";; *) set -- "./$0" "$@";; esac',
      'if [ -n "${AIRFLOW_TASK_RUNTIME-}" ]; then ' + tryAt('"$AIRFLOW_TASK_RUNTIME"'),
      giveUp("AIRFLOW_TASK_RUNTIME is %s, which is no executable file", '"$AIRFLOW_TASK_RUNTIME"'),
      "fi",
      ...places.map(tryAt),
      `command -v ${RUNTIME_NAME} >/dev/null 2>&1 && exec ${RUNTIME_NAME} "$@"`,
      runtime === undefined
        ? giveUp(`${RUNTIME_NAME} not found beside it or on PATH`)
        : giveUp(`${RUNTIME_NAME} not found beside it, at %s or on PATH`, ...configured),
    ].join("; "),
    ";",
    "",
  ].join("\n");
}

function tryAt(place: string): string {
  return `[ -f ${place} ] && [ -x ${place} ] && exec ${place} "$@"`;
}

/** The reason is a format of printf, its arguments shell words. */
function giveUp(reason: string, ...words: readonly string[]): string {
  const format = `'Cannot start bundle %s: ${reason}\\n'`;
  return `printf ${[format, '"$1"', ...words].join(" ")} >&2; exit 127`;
}

/** Quotes for the shell; a line terminator would end the comment that hides the line. */
function quote(text: string): string {
  if (/[\0\n\r\u2028\u2029]/.test(text)) {
    throw cannotPack("a thin bundle", `the runtime path ${JSON.stringify(text)} is not one line`);
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
