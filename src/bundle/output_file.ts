/**
 * A file that appears whole or not at all.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";

const EXECUTABLE_MODE = 0o755;

/**
 * Makes the file at `path`, its folders included: `write` fills a temporary file beside it, which
 * then takes its place with mode 0755. When `write` fails, what was there stays.
 */
export async function writeAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const temporary = await Deno.makeTempFile({
    dir: dirname(path),
    prefix: `.${basename(path)}.`,
    suffix: ".tmp",
  });
  try {
    await write(temporary);
    await Deno.chmod(temporary, EXECUTABLE_MODE);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
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
