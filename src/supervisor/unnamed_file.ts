/**
 * A file that nobody else can open, and that is gone with us however we end.
 *
 * @module
 */

/**
 * Makes one in the folder for temporary files; undefined where there is none to write to.
 *
 * It takes the permissions to read and to write at this moment only: a file that is open stays so.
 */
export function unnamedFile(): Deno.FsFile | undefined {
  try {
    const path = Deno.makeTempFileSync({ prefix: "airflow-task-log-" });
    try {
      return Deno.openSync(path, { read: true, write: true });
    } finally {
      Deno.removeSync(path);
    }
  } catch {
    return undefined;
  }
}
