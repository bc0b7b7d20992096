/**
 * The file that a run is recorded to.
 *
 * @module
 */
import { readVariable } from "../../supervisor/environment.ts";

/** The environment variable that names the file or folder to record to. */
export const RECORD_VARIABLE = "AIRFLOW_TASK_RUNTIME_RECORD";

/** Only whoever the worker runs as may read it: not all that is confidential is a known secret. */
const FILE_MODE = 0o600;

/**
 * Opens the file `path` to write behind what is there, or a new one, of that name, in the folder
 * `path`.
 *
 * @throws {Error} when it cannot be opened; when it is a named pipe, since to open one takes as long
 * as nobody reads it
 */
export function openRecording(path: string, nameInFolder: () => string): Deno.FsFile {
  const there = lookAt(path);
  if (there?.isFifo) throw new Error("it is a pipe");
  const target = path.endsWith("/") || there?.isDirectory
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
      return `${shortName(bundle.replace(/^.*\//, ""), 200)}__${time}__${Deno.pid}.jsonl`;
    });
  } catch {
    // The recorder will find out again, and say why.
    return undefined;
  }
}

/** The name, or as much of its beginning as fits into so many bytes: no file's name has over 255. */
export function shortName(name: string, bytes: number): string {
  return name.slice(0, new TextEncoder().encodeInto(name, new Uint8Array(bytes)).read);
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
