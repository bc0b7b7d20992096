/**
 * The metadata of a bundle: its Dags and tasks, and its version of Airflow's supervisor schema.
 *
 * Airflow reads it as YAML with `dags` (ExecutableCoordinator) or as JSON with `task_handlers`
 * (NodeCoordinator). One line of JSON with both serves 3.3 and 3.4.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import { type PermissionsMetadata, readPermissions } from "./permissions.ts";
import { cannotRead } from "./errors.ts";
import { isPlainObject } from "../values.ts";

const METADATA_VERSION = "1.0";
const MAX_ID_LENGTH = 250;
/** Airflow's `[\w.-]+`, where Python's `\w` takes the letters and digits of every script. */
const ID = /^[\p{L}\p{N}_.-]+$/u;
/** Characters that end a JavaScript comment or that YAML refuses, written as `\uXXXX`. */
const UNSAFE_IN_ONE_LINE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** The SDK that made a bundle. */
export interface SdkMetadata {
  /** The authors' language, lower case: `"typescript"`. */
  readonly language: string;
  /** The SDK's own version. */
  readonly version: string;
  /** The supervisor schema version, `YYYY-MM-DD`. */
  readonly supervisorSchemaVersion: string;
}

/** A parameter of a task, from the schema of its arguments. */
export interface ParameterMetadata {
  /** Its name. */
  readonly name: string;
  /** True if a call must pass it. */
  readonly required: boolean;
  /** The JSON Schema (draft 2020-12) of what is passed. */
  readonly schema: unknown;
}

/** A Dag in the metadata. */
export interface DagMetadata {
  /** The ids of its tasks that have handlers. */
  readonly tasks: readonly string[];
  /** The parameters by task id, for tasks whose schema lists them. */
  readonly parameters?: Readonly<Record<string, readonly ParameterMetadata[]>>;
}

/** The metadata of a bundle. */
export interface BundleMetadata {
  /** The SDK that made it. */
  readonly sdk: SdkMetadata;
  /** The file name of the author's entry module, for Airflow's code view. */
  readonly source?: string;
  /** The permissions that its tasks need; absent in a bundle of another SDK. */
  readonly permissions?: PermissionsMetadata;
  /** Its Dags, by dag_id. */
  readonly dags: Readonly<Record<string, DagMetadata>>;
  /** The path of the entry module among the embedded sources. */
  readonly entrypointPath?: string;
  /** The path of the embedded source of each Dag that the bundle defines, by dag_id. */
  readonly dagSourcePaths?: Readonly<Record<string, string>>;
  /** The place of each embedded source in the source region (thin form only). */
  readonly sources?: readonly SourceMetadata[];
  /** The URL of the file of each Dag that the bundle defines; in a report, never in a bundle. */
  readonly dagFiles?: Readonly<Record<string, string>>;
  /** The ids of the Dags of each loader function; in the code of a bundle, not its metadata. */
  readonly loadedDagIds?: readonly (readonly string[])[];
}

/** The place of an embedded source. */
export interface SourceMetadata {
  /** Its path, relative to the entry module's folder. */
  readonly path: string;
  /** Bytes from the start of the source region. */
  readonly offset: number;
  /** Its length in bytes. */
  readonly length: number;
  /** SHA-256 of its bytes, 64 lower-case hex digits. */
  readonly sha256: string;
}

/**
 * Checks a dag_id or task_id by Airflow's rule: 1 to 250 letters, digits, dashes, dots and
 * underscores.
 *
 * @throws {TaskRuntimeError} `INVALID` with the id and the rule
 */
export function checkId(kind: "dag_id" | "task_id", id: string): void {
  const length = [...id].length;
  if (length > MAX_ID_LENGTH) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot use ${kind} "${id}": it has ${length} characters, at most ${MAX_ID_LENGTH} are allowed`,
    );
  }
  if (!ID.test(id)) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot use ${kind} "${id}": only letters, digits, dashes, dots and underscores are allowed`,
    );
  }
}

/**
 * Checks the form of a supervisor schema version, `YYYY-MM-DD`. Only Airflow can tell whether it knows
 * the version.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is not a date
 */
export function checkSchemaVersion(date: string): void {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(date)) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot use supervisor schema version "${date}": it must be a date of the form YYYY-MM-DD`,
    );
  }
}

/** Writes JSON on one line, safe in a JavaScript line comment and for Airflow's YAML reader. */
export function writeOneLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    UNSAFE_IN_ONE_LINE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Writes the metadata as one line of JSON, Dags in the order given.
 *
 * @throws {TaskRuntimeError} `INVALID` for an id or a schema version that Airflow would refuse, and
 * for a bundle without a Dag, which Airflow would never choose
 */
export function writeMetadata(metadata: BundleMetadata): string {
  checkSchemaVersion(metadata.sdk.supervisorSchemaVersion);
  const dags = Object.entries(metadata.dags);
  if (dags.length === 0) {
    throw new TaskRuntimeError(
      "INVALID",
      "Cannot write bundle metadata: no Dag is registered; register a TaskHandler before serve()",
    );
  }
  for (const [dagId, { tasks }] of dags) {
    checkId("dag_id", dagId);
    for (const taskId of tasks) checkId("task_id", taskId);
  }
  // fromEntries() defines own properties, even for a Dag with the id "__proto__".
  const byDag = Object.fromEntries(
    dags.map(([dagId, { tasks, parameters }]) => [dagId, { tasks, parameters }]),
  );
  return writeOneLine({
    airflow_bundle_metadata_version: METADATA_VERSION,
    sdk: {
      language: metadata.sdk.language,
      version: metadata.sdk.version,
      supervisor_schema_version: metadata.sdk.supervisorSchemaVersion,
    },
    // Present even if empty: the runtime binary recognizes the bundles of this SDK by it.
    permissions: metadata.permissions ?? {},
    source: metadata.source,
    entrypoint_path: metadata.entrypointPath,
    dag_source_paths: metadata.dagSourcePaths,
    sources: metadata.sources,
    dags: byDag,
    task_handlers: byDag,
  });
}

/**
 * Reads a bundle's metadata region, which must be JSON, as pack writes it. `key` is the field that
 * contains its Dags; `path` is for error messages.
 *
 * @throws {TaskRuntimeError} `INVALID` with the first error
 */
export function readMetadata(
  bytes: Uint8Array,
  path: string,
  key: "dags" | "task_handlers",
): BundleMetadata {
  const document = parseDocument(bytes, path);
  const version = document["airflow_bundle_metadata_version"];
  if (typeof version !== "string" || !/^0*1\.[0-9]+(\.[0-9]+)?$/.test(version)) {
    throw cannotRead(
      path,
      `its metadata has version ${JSON.stringify(version)}, only 1.x is known`,
    );
  }
  const source = document["source"];
  const entrypointPath = document["entrypoint_path"];
  return {
    ...readReport(document, (reason) => cannotRead(path, reason), key),
    ...(typeof source === "string" ? { source } : {}),
    ...(typeof entrypointPath === "string" ? { entrypointPath } : {}),
  };
}

/**
 * Reads the report that a bundle prints for `--airflow-metadata`: the `sdk` and `dags` of its metadata.
 * `fail` creates the error from a cause.
 *
 * @throws {TaskRuntimeError} from `fail`, for a missing field or one of another type
 */
export function readReport(
  document: Readonly<Record<string, unknown>>,
  fail: (reason: string) => TaskRuntimeError,
  key: "dags" | "task_handlers" = "dags",
): BundleMetadata {
  const sdk = document["sdk"];
  if (!isPlainObject(sdk)) throw fail("its metadata has no sdk mapping");
  const supervisorSchemaVersion = sdk["supervisor_schema_version"];
  if (typeof supervisorSchemaVersion !== "string" || supervisorSchemaVersion === "") {
    throw fail("its metadata has no sdk.supervisor_schema_version string");
  }
  const permissions = document["permissions"];
  const dags = document[key];
  const files = document["dag_files"];
  const loaded = document["loaded_dag_ids"];
  if (!isPlainObject(dags)) throw fail(`its metadata has no ${key} mapping`);
  return {
    sdk: {
      language: typeof sdk["language"] === "string" ? sdk["language"] : "",
      version: typeof sdk["version"] === "string" ? sdk["version"] : "",
      supervisorSchemaVersion,
    },
    ...(permissions === undefined ? {} : { permissions: readPermissions(permissions, fail) }),
    dags: Object.fromEntries(
      Object.entries(dags).map(([dagId, entry]) => [dagId, {
        tasks: readTasks(entry),
        ...readParameters(entry),
      }]),
    ),
    ...(isPlainObject(files) ? { dagFiles: readFiles(files) } : {}),
    ...(Array.isArray(loaded) ? { loadedDagIds: loaded.map(readStrings) } : {}),
  };
}

function readFiles(files: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(files).flatMap(([dagId, file]): [string, string][] =>
    typeof file === "string" ? [[dagId, file]] : []
  );
  return Object.fromEntries(texts);
}

function readTasks(entry: unknown): string[] {
  const tasks = isPlainObject(entry) ? entry["tasks"] : entry;
  return readStrings(tasks);
}

function readStrings(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === "string") : [];
}

function readParameters(entry: unknown): Pick<DagMetadata, "parameters"> {
  const byTask = isPlainObject(entry) ? entry["parameters"] : undefined;
  if (!isPlainObject(byTask)) return {};
  const parameters = Object.entries(byTask).map(([taskId, list]) => {
    const rows: readonly unknown[] = Array.isArray(list) ? list : [];
    const read = rows.flatMap((row): ParameterMetadata[] => {
      if (!isPlainObject(row) || typeof row["name"] !== "string") return [];
      return [{ name: row["name"], required: row["required"] === true, schema: row["schema"] }];
    });
    return [taskId, read] as const;
  });
  return { parameters: Object.fromEntries(parameters) };
}

function parseDocument(bytes: Uint8Array, path: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw cannotRead(path, "its metadata is not valid UTF-8", error);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw cannotRead(
      path,
      "its metadata is not JSON; other SDKs write YAML, which only Airflow can read",
      error,
    );
  }
  if (!isPlainObject(document)) throw cannotRead(path, "its metadata is not a mapping");
  return document;
}
