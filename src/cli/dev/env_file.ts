/**
 * Reads the `.env` file next to an author's program.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { TaskRuntimeError } from "../../error.ts";

/** The environment of a run. */
export interface RunEnvironment {
  /** The path of the file; undefined without one. */
  readonly path: string | undefined;
  /** The variables of this process, and of the file where this process has none. */
  readonly all: Readonly<Record<string, string>>;
  /** The variables of the file that tasks receive, without Airflow's secrets. */
  readonly added: Readonly<Record<string, string>>;
}

/** Secrets that tasks must request from the supervisor. */
const SECRET = /^AIRFLOW_(?:CONN|VAR)_/;

/** The default path of the file, next to the entry module. */
export function defaultEnvFile(entry: string): string {
  return join(dirname(entry), ".env");
}

/**
 * Reads the file at `path`, or `.env` next to `entry` if it exists. Lines are `NAME=value`; values
 * with `#` or line breaks are quoted.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when the file at `path` cannot be read
 */
export async function readEnvironment(
  path: string | undefined,
  entry: string,
): Promise<RunEnvironment> {
  const own = Deno.env.toObject();
  const file = path ?? defaultEnvFile(entry);
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    if (path === undefined) return { path: undefined, all: own, added: {} };
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read "${path}": ${reason}`, { cause });
  }
  const read = Object.entries(parseEnv(text)).flatMap(([name, value]) =>
    value === undefined || Object.hasOwn(own, name) ? [] : [[name, value] as const]
  );
  const added = read.filter(([name]) => !SECRET.test(name));
  return {
    path: file,
    all: { ...Object.fromEntries(read), ...own },
    added: Object.fromEntries(added),
  };
}
