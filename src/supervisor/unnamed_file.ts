/**
 * A file that nobody else can open, and that is gone with us however we end.
 *
 * @module
 */
import { readVariable } from "./environment.ts";

/** Only whoever the worker runs as may read it, in the moment that it has a name. */
const OWN_MODE = 0o600;

/**
 * Makes one in the folder for temporary files; undefined where there is none to write to.
 *
 * It takes the permissions to read and to write at this moment only: a file that is open stays so.
 */
export function unnamedFile(): Deno.FsFile | undefined {
  try {
    // Each launch waits for this: makeTempFileSync() would make it and close it again, and a name
    // by chance need not be a secret where only a new file is taken.
    const folder = readVariable("TMPDIR") || "/tmp";
    const path = `${folder}/airflow-task-log-${Math.random().toString(36).slice(2)}`;
    const file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: OWN_MODE });
    Deno.removeSync(path);
    return file;
  } catch {
    return undefined;
  }
}
