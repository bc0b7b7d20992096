/**
 * Finds and runs the `deno` that packs.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { TaskRuntimeError } from "../error.ts";

/** A `deno` with its version. */
export interface DenoCommand {
  /** Its path, or `"deno"` when it is on PATH. */
  readonly path: string;
  /** Its version, e.g. `"2.7.11"`. */
  readonly version: string;
}

/** Options of {@linkcode runCommand}. */
export interface RunOptions {
  /** Arguments. */
  readonly args: readonly string[];
  /** Working directory; the caller's by default. */
  readonly cwd?: string;
  /** The whole environment; the caller's by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the command (SIGKILL). */
  readonly signal?: AbortSignal | undefined;
}

/** The result of a command. */
export interface RunResult {
  /** Its exit code. */
  readonly code: number;
  /** All of its stdout. */
  readonly stdout: string;
  /** All of its stderr. */
  readonly stderr: string;
}

/**
 * Finds a `deno`: the given path, else `$DENO`, else the one that runs this code unless that is a
 * compiled binary, else the one on PATH.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when it cannot be started; `UNSUPPORTED` when it is a program
 * other than Deno
 */
export async function findDeno(
  path: string | undefined,
  signal: AbortSignal | undefined,
): Promise<DenoCommand> {
  const given = path ?? Deno.env.get("DENO");
  // It is started from other folders.
  const named = given === undefined || basename(given) === given ? given : resolve(given);
  const command = named || (Deno.build.standalone ? "deno" : Deno.execPath());
  let result: RunResult;
  try {
    result = await runCommand(command, { args: ["--version"], signal });
  } catch (error) {
    if (error instanceof TaskRuntimeError) throw error;
    throw new TaskRuntimeError(
      "NOT_FOUND",
      named
        ? `Cannot run Deno: ${command} does not start`
        : "Cannot run Deno: it is not on PATH; install it (npm and PyPI have a package deno) or " +
          "name it by --deno or the environment variable DENO",
      { cause: error },
    );
  }
  const version = /^deno (\d+\.\d+\.\d+)/.exec(result.stdout)?.[1];
  if (version === undefined) {
    throw new TaskRuntimeError("UNSUPPORTED", `Cannot run Deno: ${command} is another program`);
  }
  return { path: command, version };
}

/** Tells whether `version` is `least` or newer; both `major.minor.patch`. */
export function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split(".").map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Runs a command without a stdin and waits until it has exited.
 *
 * @throws {TaskRuntimeError} `ABORTED` or `TIMEOUT` when the signal killed it
 * @throws {Error} from `Deno.Command` when it cannot be started
 */
export async function runCommand(path: string, options: RunOptions): Promise<RunResult> {
  const { signal } = options;
  if (signal?.aborted) throw ended(path, signal);
  const process = new Deno.Command(path, {
    args: [...options.args],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env, clearEnv: true }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const kill = (): void => {
    try {
      process.kill("SIGKILL");
    } catch {
      // It has exited already.
    }
  };
  signal?.addEventListener("abort", kill, { once: true });
  try {
    const { code, stdout, stderr } = await process.output();
    if (signal?.aborted) throw ended(path, signal);
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    signal?.removeEventListener("abort", kill);
  }
}

/** Returns this process's environment, with colours and backtraces of Deno turned off. */
export function quietEnvironment(): Record<string, string> {
  const own = Object.entries(Deno.env.toObject());
  // On Windows names are case-insensitive, and their case differs between machines.
  const isCaseless = Deno.build.os === "windows";
  return {
    ...Object.fromEntries(own.map(([name, value]) => [
      isCaseless ? name.toUpperCase() : name,
      value,
    ])),
    NO_COLOR: "1",
    RUST_BACKTRACE: "0",
    DENO_NO_UPDATE_CHECK: "1",
  };
}

function ended(path: string, signal: AbortSignal): TaskRuntimeError {
  const cause: unknown = signal.reason;
  return cause instanceof DOMException && cause.name === "TimeoutError"
    ? new TaskRuntimeError("TIMEOUT", `Cannot run ${path}: it did not end in time`, { cause })
    : new TaskRuntimeError("ABORTED", `Cannot run ${path}: the caller stopped it`, { cause });
}
