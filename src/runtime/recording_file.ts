/**
 * The file that a run is recorded to.
 *
 * @module
 */
import { readVariable } from "../supervisor/environment.ts";

/** The environment variable that names the file or folder to record to. */
export const RECORD_VARIABLE = "AIRFLOW_TASK_RUNTIME_RECORD";

/** Only whoever the worker runs as may read it: not all that is confidential is a known secret. */
const FILE_MODE = 0o600;

/** Opens the file `path` to write behind what is there, or a new one, of that name, in the folder `path`. */
export function openRecording(path: string, nameInFolder: () => string): Deno.FsFile {
  const target = path.endsWith("/") || isFolder(path)
    ? `${path.replace(/\/+$/, "")}/${nameInFolder()}`
    : path;
  return Deno.openSync(target, { append: true, create: true, mode: FILE_MODE });
}

/**
 * Opens what a bundle's run is recorded to, where the operator asks for it: before the bundle's code
 * is loaded, which may have no permission to write.
 */
export function openBundleRecording(bundle: string): Deno.FsFile | undefined {
  const path = readVariable(RECORD_VARIABLE);
  if (path === undefined || path === "") return undefined;
  try {
    return openRecording(path, () => {
      const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
      return `${bundle.replace(/^.*\//, "")}__${time}__${Deno.pid}.jsonl`;
    });
  } catch {
    // The recorder will find out again, and say why.
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
