/**
 * The `python3` that runs our own short Python programs.
 *
 * @module
 */
import { runCommand, type RunResult } from "../bundle/deno_command.ts";
import { TaskRuntimeError } from "../error.ts";

/** Options of {@linkcode runPython}. */
export interface PythonOptions {
  /** What the program is for, as error messages begin: `Cannot read the Dag file "dag.py"`. */
  readonly purpose: string;
  /** Path of the Python to use; by default `python3` or `python` on PATH. */
  readonly python?: string | undefined;
  /** The whole environment; the caller's by default. */
  readonly env?: Readonly<Record<string, string>>;
}

const NAMES = Deno.build.os === "windows" ? ["python", "py"] : ["python3", "python"];
/** The longest time that one of our programs may take, in milliseconds. */
const TIMEOUT_MS = 20_000;

/**
 * Runs a Python program without site packages, and returns its stdout.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when Python does not exist; `TIMEOUT`; `INVALID` when the
 * program fails
 */
export async function runPython(
  program: string,
  args: readonly string[],
  { purpose, python, env }: PythonOptions,
): Promise<string> {
  const command = ["-I", "-S", "-X", "utf8", "-c", program, ...args];
  for (const name of python === undefined ? NAMES : [python]) {
    const { code, stdout, stderr } = await start(name, command, purpose, env) ?? {};
    if (code === undefined) continue;
    if (code === 0) return stdout ?? "";
    const reason = stderr?.trimEnd().split("\n").at(-1) || "no message";
    throw new TaskRuntimeError(
      "INVALID",
      `${purpose}: ${name} exited with ${code}: ${reason}. Use Python 3.9 or newer`,
    );
  }
  throw new TaskRuntimeError(
    "NOT_FOUND",
    `${purpose}: ${python ?? NAMES[0]} does not exist. Install Python 3.9 or newer` +
      (python === undefined ? ", or add it to PATH" : ""),
  );
}

/** Undefined if the command does not exist. */
async function start(
  name: string,
  args: readonly string[],
  purpose: string,
  env: PythonOptions["env"],
): Promise<RunResult | undefined> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await runCommand(name, { args, signal, ...(env === undefined ? {} : { env }) });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    const isLate = cause instanceof TaskRuntimeError && cause.code === "TIMEOUT";
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError(
      isLate ? "TIMEOUT" : "INVALID",
      `${purpose}: ${isLate ? `${name} took longer than ${TIMEOUT_MS / 1000} s` : reason}`,
      { cause },
    );
  }
}
