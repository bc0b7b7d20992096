/**
 * The permissions of a bundle at its launch: those that it declares, or for a bundle of another SDK,
 * which declares none, those that the operator of the worker sets.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { readVariable } from "../../supervisor/environment.ts";
import { type DeclaredPermissions, KINDS } from "./confinement.ts";

const TRAILER_BYTES = 64;
const MAGIC = "AFBNDL01";
const NODE_METADATA = "//# airflowMetadata=";
/** The largest metadata that is read; that of real bundles is far smaller. */
const MAX_BYTES = 16 * 1024 * 1024;
/** The bytes to read for the first two lines of a node bundle: usually enough, then Airflow's limit. */
const NODE_HEAD_BYTES = [16 * 1024, 4096 + 1024 * 1024];

/** The variable with the permissions of other SDKs' bundles: a JSON object as in our metadata, or `all`. */
export const OTHER_BUNDLES_VARIABLE = "AIRFLOW_TASK_RUNTIME_OTHER_BUNDLES";

/**
 * Reads the permissions in the metadata of the bundle at `path`.
 *
 * Every bundle of this SDK declares permissions, if only an empty mapping. Returns undefined for a
 * bundle of another SDK, and an empty mapping if the file cannot be opened, which its import reports.
 */
export function readDeclaredPermissions(path: string): DeclaredPermissions | undefined {
  let opened: Deno.FsFile;
  try {
    opened = Deno.openSync(path);
  } catch {
    return {};
  }
  using file = opened;
  return permissionsIn(metadataAtEnd(file) ?? metadataAtHead(file));
}

/**
 * Reads the permissions of other SDKs' bundles: only `net` by default, since such a bundle connects
 * to Airflow itself.
 *
 * @throws {TaskRuntimeError} `INVALID` when the variable's value is not of that form
 */
export function readOtherPermissions(): DeclaredPermissions {
  const text = readVariable(OTHER_BUNDLES_VARIABLE) ?? "";
  if (text === "all") return Object.fromEntries(KINDS.map((kind) => [kind, true]));
  return { ...(text === "" ? {} : parseOther(text)), net: true };
}

function metadataAtEnd(file: Deno.FsFile): string | undefined {
  // Ten times as fast as stat(), which makes dates.
  const size = file.seekSync(0, Deno.SeekMode.End);
  if (size < TRAILER_BYTES) return undefined;
  const trailer = read(file, size - TRAILER_BYTES, TRAILER_BYTES);
  const magic = new TextDecoder().decode(trailer.subarray(-MAGIC.length));
  if (magic !== MAGIC) return undefined;
  const length = new DataView(trailer.buffer).getUint32(4, true);
  const start = size - TRAILER_BYTES - length;
  if (start < 0 || length > MAX_BYTES) return undefined;
  return new TextDecoder().decode(read(file, start, length));
}

function metadataAtHead(file: Deno.FsFile): string | undefined {
  for (const length of NODE_HEAD_BYTES) {
    const [, line = "", next] = new TextDecoder().decode(read(file, 0, length)).split("\n", 3);
    if (!line.startsWith(NODE_METADATA)) return undefined;
    if (next !== undefined) return line.slice(NODE_METADATA.length);
  }
  return undefined;
}

function permissionsIn(text = ""): DeclaredPermissions | undefined {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return undefined;
  }
  const permissions: unknown = Reflect.get(Object(document), "permissions");
  return typeof permissions === "object" && permissions !== null ? { ...permissions } : undefined;
}

function read(file: Deno.FsFile, start: number, length: number): Uint8Array<ArrayBuffer> {
  file.seekSync(start, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function parseOther(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Reported below.
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`its value must be a JSON object or all, got ${text}`);
  }
  for (const [kind, list] of Object.entries(value)) {
    if (!KINDS.some((known) => known === kind)) {
      throw invalid(`${JSON.stringify(kind)} is not a permission; known: ${KINDS.join(", ")}`);
    }
    const isList = Array.isArray(list) && list.every((entry) => typeof entry === "string");
    if (list !== true && !isList) {
      throw invalid(`"${kind}" must be true or a list of strings, got ${JSON.stringify(list)}`);
    }
  }
  return value;
}

function invalid(cause: string): TaskRuntimeError {
  return new TaskRuntimeError(
    "INVALID",
    `Cannot read ${OTHER_BUNDLES_VARIABLE}: ${cause}. ` +
      'Set it to a value such as {"env": ["PG*"], "read": ["/data"]}',
  );
}
