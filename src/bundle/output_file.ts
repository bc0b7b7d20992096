/**
 * A file that appears whole or not at all.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { TaskRuntimeError } from "../error.ts";

const EXECUTABLE_MODE = 0o755;

/**
 * Makes the file at `path`, its folders included: `write` fills a temporary file beside it, which
 * then takes its place with `mode`. When `write` fails, what was there stays.
 *
 * @throws {TaskRuntimeError} `PERMISSION_DENIED` or `INVALID` when the path cannot be written to
 */
export async function writeAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
  mode: number = EXECUTABLE_MODE,
): Promise<void> {
  const temporary = await makeTemporary(path).catch((error) => refuseToWrite(path, error));
  try {
    await write(temporary);
    await place(temporary, path, mode).catch((error) => refuseToWrite(path, error));
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

async function makeTemporary(path: string): Promise<string> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  return await Deno.makeTempFile({ dir: folder, prefix: `.${basename(path)}.`, suffix: ".tmp" });
}

async function place(temporary: string, path: string, mode: number): Promise<void> {
  await Deno.chmod(temporary, mode).catch((error) => {
    // Files have no mode on Windows.
    if (!(error instanceof Deno.errors.NotSupported)) throw error;
  });
  await Deno.rename(temporary, path);
}

/** Throws what tells that `path` cannot be written to: `PERMISSION_DENIED` or `INVALID`. */
export function refuseToWrite(path: string, cause: unknown): never {
  const denied = cause instanceof Deno.errors.PermissionDenied;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new TaskRuntimeError(
    denied ? "PERMISSION_DENIED" : "INVALID",
    `Cannot write ${path}: ${reason}`,
    { cause },
  );
}

/** A folder that is removed with all it holds when its scope ends. */
export class TemporaryFolder implements AsyncDisposable {
  /** Its absolute path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one where the system keeps such. */
  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await Deno.makeTempDir({ prefix: "airflow-task-runtime-" }));
  }

  /** Gives the path of `name` within. */
  join(name: string): string {
    return join(this.path, name);
  }

  /** Removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
