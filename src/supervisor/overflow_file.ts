/**
 * The unlinked temporary file for log lines that do not fit into memory.
 *
 * @module
 */
import { readVariable } from "./environment.ts";

/** Only the worker's user may open the file before it is unlinked. */
const OWN_MODE = 0o600;

/**
 * Creates and unlinks the file, so that it disappears with the process. Returns undefined when that
 * fails.
 *
 * The process id is part of the name, so that a bundle that runs on `deno` can be permitted exactly
 * this path (`bundle/start_line.ts`). An existing file is not used.
 */
export function createOverflowFile(): Deno.FsFile | undefined {
  try {
    const path = `${readVariable("TMPDIR") || "/tmp"}/airflow-task-log-${Deno.pid}`;
    const file = Deno.openSync(path, { read: true, write: true, createNew: true, mode: OWN_MODE });
    Deno.removeSync(path);
    return file;
  } catch {
    return undefined;
  }
}
