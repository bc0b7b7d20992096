/**
 * The first lines of a thin bundle: a shell script that becomes the runtime binary or `deno`, hidden
 * from JavaScript, so that the whole file is a module as well.
 *
 * @module
 */

import { AFTER_STDIN, BY_POLLING } from "../runtime/launch/exit_helper.ts";
import { type PermissionsMetadata, runFlags } from "./permissions.ts";
import { cannotPack } from "./errors.ts";

/** The file name of the runtime binary that a thin bundle looks for. */
export const RUNTIME_NAME = "airflow-task-runtime";
/** The file name of a program that runs a thin bundle by `deno run`. */
export const DENO_NAME = "deno";
/** The argument with which a thin bundle prints the path of that program and does not start it. */
export const WHICH_FLAG = "--which";
/**
 * The cause with which the command line for authors refuses a launch. `deno install` puts it on PATH
 * under the name of the runtime binary.
 */
export const LAUNCH_REFUSAL = "the command line for authors starts no tasks";
/** The first bytes of every thin bundle. */
const START = '#!/bin/sh\n":" //; ';

/** Tells by its first bytes whether a bundle is thin. */
export function isThin(head: string): boolean {
  return head.startsWith(START);
}

/** Options of {@linkcode startLines}. */
export interface StartOptions {
  /** A path where workers have the runtime binary or `deno`. */
  readonly runtime?: string | undefined;
  /** The permissions that the bundle declares. */
  readonly permissions?: PermissionsMetadata | undefined;
}

/**
 * Flags for V8 in a task's process. The first four suit frames and requests (scripts/build uses them
 * too); the last compiles every function at once, so that V8's code cache contains all of them.
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
 * For the shell, `":" //` is its no-op with an argument; for JavaScript it is a string and a comment.
 * The single `;` ends that statement, whatever the code begins with. The program is searched in this
 * order: `$AIRFLOW_TASK_RUNTIME` (if it is set, nothing else is tried), the folder of the bundle,
 * `runtime` (a path given when packing), `airflow-task-runtime` on PATH, `deno` on PATH. A program with
 * the name `deno` runs the bundle with exactly the permissions that it declares; any other is the
 * runtime binary. The script only sets variables with an underscore. `BUNDLE --which` prints the path
 * of the program instead.
 *
 * @throws {TaskRuntimeError} `INVALID` for a `runtime` path of more than one line
 */
export function startLines({ runtime, permissions = {} }: StartOptions = {}): string {
  const configured = runtime === undefined ? [] : [quote(runtime)];
  const places = [`"\${1%/*}/${RUNTIME_NAME}"`, ...configured];
  const searched = runtime === undefined ? "next to it" : "next to it, at %s";
  return [
    START + [
      // A $0 without a slash comes from `sh bundle` or an empty entry of PATH: the current folder.
      'case $0 in */*) set -- "$0" "$@";; *) set -- "./$0" "$@";; esac',
      TRUST,
      `run_deno() { ${denoLaunch(permissions)}; }`,
      `start() { _p=$1; shift; [ "\${2-}" != ${WHICH_FLAG} ] || { command -v "$_p"; exit; }; ` +
      `case \${_p##*/} in ${DENO_NAME}) run_deno "$@";; *) exec "$_p" "$@";; esac; }`,
      'try() { [ -f "$1" ] && [ -x "$1" ] && start "$@"; }',
      'if [ -n "${AIRFLOW_TASK_RUNTIME-}" ]; then try "$AIRFLOW_TASK_RUNTIME" "$@"',
      fail(
        "AIRFLOW_TASK_RUNTIME is %s, which is not an executable file",
        '"$AIRFLOW_TASK_RUNTIME"',
      ),
      "fi",
      ...places.map((place) => `try ${place} "$@"`),
      ...[RUNTIME_NAME, DENO_NAME].map((name) =>
        `command -v ${name} >/dev/null 2>&1 && start ${name} "$@"`
      ),
      fail(
        `neither ${RUNTIME_NAME} (${searched} or on PATH) nor ${DENO_NAME} (on PATH) found`,
        ...configured,
      ),
    ].join("; "),
    ";",
    "",
  ].join("\n");
}

/**
 * Makes one file of certificates count in fetch() and in Node's modules alike: Deno reads `DENO_CERT`
 * for the first, and from 2.9 on `NODE_EXTRA_CA_CERTS` for the second.
 */
const TRUST = ': "${DENO_CERT:=${NODE_EXTRA_CA_CERTS-}}" "${NODE_EXTRA_CA_CERTS:=$DENO_CERT}"; ' +
  'if [ -n "$DENO_CERT" ]; then export DENO_CERT NODE_EXTRA_CA_CERTS; ' +
  "else unset DENO_CERT NODE_EXTRA_CA_CERTS; fi";

/**
 * Returns the commands that become `deno`, whose path is `$_p`, with the bundle and the addresses as `$@`.
 *
 * The process may connect to the two addresses, use one file for log lines that the supervisor does not
 * read in time (src/supervisor/overflow_file.ts), and record where the operator wants it.
 */
function denoLaunch(permissions: PermissionsMetadata): string {
  const { fixed, net, read, write } = runFlags(permissions);
  const flags = [
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    // Deno would read a .js file once more to find out whether it is CommonJS, which takes 2 to 4 ms.
    "--ext=mjs",
    `--v8-flags=${V8_FLAGS.join(",")}`,
    ...fixed,
  ].map(quote);
  const added = (kind: string, list: readonly string[] | true, own: string): string =>
    list === true ? `--allow-${kind}` : `"--allow-${kind}=${own}"${quoteList(list)}`;
  return [
    "_t=${TMPDIR:-/tmp} _r=${AIRFLOW_TASK_RUNTIME_RECORD:+,$AIRFLOW_TASK_RUNTIME_RECORD} _n=",
    // The value of a flag cannot contain a comma.
    "case $_t in *,*) _t=/tmp;; esac",
    "case ${_r#,} in *,*) _r=;; esac",
    'for _a; do case $_a in --comm=*|--logs=*) _n="$_n,${_a#--????=}";; esac; done',
    // Without addresses the flag would be invalid; the runtime then reports that they are missing.
    ': "${_n:=,localhost}"',
    exitHelper(permissions),
    "_f=$_t/airflow-task-log-$$$_r",
    [
      'DENO_NO_UPDATE_CHECK=1 exec "$_p" run',
      ...flags,
      added("net", net, "${_n#,}"),
      added("read", read, "$_f"),
      added("write", write, "$_f"),
      '"$@"',
    ].join(" "),
  ].join("; ");
}

/**
 * Returns the commands that start the exit helper in the background.
 *
 * The helper notices the exit when a named pipe ends whose other end the process holds. Programs that
 * a task starts inherit that end and may outlive the task, so that the helper polls if the bundle may
 * start programs.
 */
function exitHelper({ run = [] }: PermissionsMetadata): string {
  if (run === true || run.length > 0) return `{ pid=$$; ${BY_POLLING}; } & :`;
  return '_e=$_t/airflow-task-exit-$$; mkfifo -m 600 "$_e" 2>/dev/null && ' +
    `{ { pid=$$; rm "$_e"; ${AFTER_STDIN}; } <"$_e" & exec 9>"$_e"; }`;
}

/** Returns the commands that fail; the cause is a format of printf, its arguments are shell words. */
function fail(reason: string, ...words: readonly string[]): string {
  const format = `'Cannot start bundle %s: ${reason}\\n'`;
  return `printf ${[format, '"$1"', ...words].join(" ")} >&2; exit 127`;
}

/** Quotes a list that follows a first value, each entry with its comma. */
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
