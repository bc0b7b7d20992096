/**
 * A file without a name, which disappears with the process however that ends.
 *
 * @module
 */
import { readVariable } from "./environment.ts";

/** Only the worker's user may read the file while it has a name. */
const OWN_MODE = 0o600;

/**
 * Creates the file in the folder for temporary files; returns undefined where that cannot be done.
 *
 * The name follows from the process id, so that a thin bundle that runs on `deno` can be allowed exactly
 * this path (`bundle/start_line.ts`). Only a new file is accepted.
 */
export function unnamedFile(): Deno.FsFile | undefined {
  try {
    const path = `${readVariable("TMPDIR") || "/tmp"}/airflow-task-log-${Deno.pid}`;
    const file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: OWN_MODE });
    Deno.removeSync(path);
    return file;
  } catch {
    return undefined;
  }
}
