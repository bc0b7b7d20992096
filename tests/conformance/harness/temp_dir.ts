/**
 * A folder that is removed at the end of its scope.
 *
 * @module
 */

/** A temporary folder as a disposable resource. */
export class TempDir implements AsyncDisposable {
  /** Absolute path of the folder. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes a folder below the system's temporary folder. */
  static async make(): Promise<TempDir> {
    return new TempDir(await Deno.makeTempDir({ prefix: "airflow-conformance-" }));
  }

  /** Removes the folder and all in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await removeFolder(this.path);
  }
}

/** Removes a folder and all in it, unless it is gone. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
