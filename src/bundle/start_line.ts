/**
 * The first lines of a thin bundle: a shell script that becomes the runtime binary or `deno`, hidden
 * from JavaScript, so that the whole file is a module as well.
 *
 * @module
 */

import { AFTER_STDIN, BY_POLLING } from "../runtime/launch/exit_helper_script.ts";
import { type PermissionsMetadata, runFlags } from "./permissions.ts";
import { cannotPack } from "./refusal.ts";

/** The file name of the runtime binary that a thin bundle looks for. */
export const RUNTIME_NAME = "airflow-task-runtime";

/** What the first lines depend on. */
export interface StartOptions {
  /** A path where workers have the runtime binary or `deno`. */
  readonly runtime?: string | undefined;
  /** The permissions that the bundle declares. */
  readonly permissions?: PermissionsMetadata | undefined;
}

/**
 * Flags for V8 in a task's process. The first four suit frames and requests (scripts/build has the
 * same); the last compiles every function at once, so that V8's code cache holds all of them.
 */
const V8_FLAGS = [
  "--min-semi-space-size=16",
  "--no-minor-gc-task",
  "--invocation-count-for-turbofan=600",
  "--max-inlined-bytecode-size-cumulative=250",
  "--no-lazy",
];

/**
 * Writes the lines before the code, the last line feed included.
 *
 * To the shell, `":" //` is its no-op with an argument; to JavaScript it is a string and a comment.
 * The lone `;` ends that string statement, whatever the code begins with. The program is searched in
 * this order: `$AIRFLOW_TASK_RUNTIME` (when set, nothing else is tried), beside the bundle, `runtime`
 * (a path given when packing), `airflow-task-runtime` on PATH, `deno` on PATH. A program of the name
 * `deno` runs the bundle with exactly the permissions that it declares; any other is the runtime
 * binary. The environment stays as it is.
 *
 * @throws {TaskRuntimeError} `INVALID` for a `runtime` path that cannot stand in one line.
 */
export function startLines({ runtime, permissions = {} }: StartOptions = {}): string {
  const configured = runtime === undefined ? [] : [quote(runtime)];
  const places = [`"\${1%/*}/${RUNTIME_NAME}"`, ...configured];
  const searched = runtime === undefined ? "beside it" : "beside it, at %s";
  return [
    "#!/bin/sh",
    '":" //; ' + [
      // A $0 without a slash comes from `sh bundle` or an empty entry of PATH: the current folder.
      'case $0 in */*) set -- "$0" "$@";; *) set -- "./$0" "$@";; esac',
      `run_deno() { ${denoLaunch(permissions)}; }`,
      `start() { p=$1; shift; case \${p##*/} in deno) run_deno "$@";; *) exec "$p" "$@";; esac; }`,
      'try() { [ -f "$1" ] && [ -x "$1" ] && start "$@"; }',
      'if [ -n "${AIRFLOW_TASK_RUNTIME-}" ]; then try "$AIRFLOW_TASK_RUNTIME" "$@"',
      fail(
        "AIRFLOW_TASK_RUNTIME is %s, which is not an executable file",
        '"$AIRFLOW_TASK_RUNTIME"',
      ),
      "fi",
      ...places.map((place) => `try ${place} "$@"`),
      `command -v ${RUNTIME_NAME} >/dev/null 2>&1 && exec ${RUNTIME_NAME} "$@"`,
      'command -v deno >/dev/null 2>&1 && start deno "$@"',
      fail(
        `neither ${RUNTIME_NAME} (${searched} or on PATH) nor deno (on PATH) found`,
        ...configured,
      ),
    ].join("; "),
    ";",
    "",
  ].join("\n");
}

/**
 * The commands that become `deno`, whose path is in `$p`, with the bundle and the addresses as `$@`.
 *
 * The process may connect to the two addresses, and write log lines that the supervisor does not read in
 * time to one file (src/supervisor/unnamed_file.ts). It records where the operator wants it to.
 */
function denoLaunch(permissions: PermissionsMetadata): string {
  const { fixed, net, read, write } = runFlags(permissions);
  const flags = [
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    "--ext=js",
    `--v8-flags=${V8_FLAGS.join(",")}`,
    ...fixed,
  ].map(quote);
  const added = (kind: string, list: readonly string[] | true, own: string): string =>
    list === true ? `--allow-${kind}` : `"--allow-${kind}=${own}"${quoteList(list)}`;
  return [
    "t=${TMPDIR:-/tmp} r=${AIRFLOW_TASK_RUNTIME_RECORD:+,$AIRFLOW_TASK_RUNTIME_RECORD} n=",
    // A comma cannot be written in a flag.
    "case $t in *,*) t=/tmp;; esac",
    "case ${r#,} in *,*) r=;; esac",
    'for a; do case $a in --comm=*|--logs=*) n="$n,${a#--????=}";; esac; done',
    exitHelper(permissions),
    "f=$t/airflow-task-log-$$$r",
    [
      'DENO_NO_UPDATE_CHECK=1 exec "$p" run',
      ...flags,
      added("net", net, "${n#,}"),
      added("read", read, "$f"),
      added("write", write, "$f"),
      '"$@"',
    ].join(" "),
  ].join("; ");
}

/**
 * The commands that start the exit helper in the background.
 *
 * It learns of the exit by the end of a named pipe of which the process holds the other end. Programs
 * that a task starts inherit that end, and may outlive the task: where they are allowed, the helper
 * polls.
 */
function exitHelper({ run = [] }: PermissionsMetadata): string {
  if (run === true || run.length > 0) return `{ pid=$$; ${BY_POLLING}; } & :`;
  return 'e=$t/airflow-task-exit-$$; mkfifo -m 600 "$e" 2>/dev/null && ' +
    `{ { pid=$$; rm "$e"; ${AFTER_STDIN}; } <"$e" & exec 9>"$e"; }`;
}

/** The reason is a format of printf, its arguments shell words. */
function fail(reason: string, ...words: readonly string[]): string {
  const format = `'Cannot start bundle %s: ${reason}\\n'`;
  return `printf ${[format, '"$1"', ...words].join(" ")} >&2; exit 127`;
}

/** The list behind a first value, each with its comma. */
function quoteList(values: readonly string[]): string {
  return values.map((value) => quote(`,${value}`)).join("");
}

/** Quotes for the shell; a line terminator would end the comment that hides the line. */
function quote(text: string): string {
  if (/[\0\n\r\u2028\u2029]/.test(text)) {
    throw cannotPack("a thin bundle", `the runtime path ${JSON.stringify(text)} is not one line`);
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
