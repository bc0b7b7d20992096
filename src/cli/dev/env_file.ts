/**
 * The `.env` beside an author's program.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { TaskRuntimeError } from "../../error.ts";

/** What a run takes for its environment. */
export interface RunEnvironment {
  /** The file that was read; undefined when there is none. */
  readonly path: string | undefined;
  /** This process's environment over that of the file. */
  readonly all: Readonly<Record<string, string>>;
  /** What tasks get besides this process's environment: the file's, but for Airflow's secrets. */
  readonly added: Readonly<Record<string, string>>;
}

/** What the supervisor answers with; a task is not to read it past the supervisor. */
const SECRET = /^AIRFLOW_(?:CONN|VAR)_/;

/** Where the file is looked for when none is named: beside the entry. */
export function defaultEnvFile(entry: string): string {
  return join(dirname(entry), ".env");
}

/**
 * Reads the file at `path`, or else `.env` in the folder of `entry` if there is one: lines of
 * `NAME=value`, values quoted where they hold `#` or line breaks.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` when the file that was named cannot be read
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
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read ${path}: ${reason}`, { cause });
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
