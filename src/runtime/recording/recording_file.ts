/**
 * The file of a recording.
 *
 * @module
 */
import { readVariable } from "../../supervisor/environment.ts";

/** The environment variable with the file or directory to record to. */
export const RECORD_VARIABLE = "AIRFLOW_TASK_RUNTIME_RECORD";

/** Only the worker's user may read a recording: confidential data is not always a known secret. */
const FILE_MODE = 0o600;

/**
 * Opens the file `path` to append to it, or creates a file in the directory `path`.
 *
 * @throws {Error} when it cannot be opened, and for a named pipe, which blocks until it has a reader
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
 * Opens the recording of a bundle's run if {@linkcode RECORD_VARIABLE} is set. This happens before
 * the bundle is loaded, because its code may not be permitted to write.
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
    // The recorder tries again, and reports why it fails.
    return undefined;
  }
}

/** Shortens a name to so many bytes of UTF-8; a file name has at most 255. */
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
