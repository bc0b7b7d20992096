/**
 * Files that are written completely or not at all.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { TaskRuntimeError } from "../error.ts";

const EXECUTABLE_MODE = 0o755;

/**
 * Writes the file at `path` and creates its folders: `write` fills a temporary file in the same folder,
 * which then replaces `path` with `mode`. If `write` fails, an existing file stays.
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

/** Throws the error for a path that cannot be written to: `PERMISSION_DENIED` or `INVALID`. */
export function refuseToWrite(path: string, cause: unknown): never {
  const denied = cause instanceof Deno.errors.PermissionDenied;
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new TaskRuntimeError(
    denied ? "PERMISSION_DENIED" : "INVALID",
    `Cannot write ${path}: ${reason}`,
    { cause },
  );
}

/** A temporary folder that is removed with its contents when it is disposed. */
export class TemporaryFolder implements AsyncDisposable {
  /** Its absolute path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Creates one in the system's temporary folder. */
  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await Deno.makeTempDir({ prefix: "airflow-task-runtime-" }));
  }

  /** Returns the path of `name` in the folder. */
  join(name: string): string {
    return join(this.path, name);
  }

  /** Removes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
