/**
 * The bundles in the folders of a coordinator, in the order in which Airflow finds them.
 *
 * @module
 */
import { accessSync, constants } from "node:fs";
import { FileSource } from "../bundle/byte_source.ts";
import { readMetadata } from "../bundle/metadata.ts";
import { NODE_BUNDLE_SUFFIX, readNodeLayout } from "../bundle/node_bundle.ts";
import { type PermissionsMetadata, readPermissions } from "../bundle/permissions.ts";
import { readTrailer } from "../bundle/trailer.ts";
import { TaskRuntimeError } from "../error.ts";
import { type ReleaseLine, SUPPORTED_SCHEMAS } from "./airflow_release.ts";
import type { CoordinatorKind } from "./routes.ts";
import { isPlainObject, isSystemError } from "../values.ts";

/** A file that is or looks like a bundle, with the verdict of Airflow. */
export interface Candidate {
  /** Its path as Airflow reports it; ExecutableCoordinator resolves symbolic links. */
  readonly path: string;
  /**
   * `"refused"` for `reason`; `"other"` if it is for the other coordinator; `"unknown"` if its
   * metadata is YAML, which other SDKs write and which doctor does not read.
   */
  readonly verdict: "accepted" | "refused" | "other" | "unknown";
  /** The reason of a refusal, or a note. */
  readonly reason?: string;
  /** The change after which Airflow accepts it. */
  readonly fix?: string;
  /** The declared task ids by dag_id. */
  readonly dags: Readonly<Record<string, readonly string[]>>;
  /** The declared schema version. */
  readonly schema?: string;
  /** The language of its SDK. */
  readonly language?: string;
  /** The ids of the Dags that it defines in TypeScript; undefined without any. */
  readonly native?: readonly string[];
  /** The permissions of its tasks; only for bundles of this SDK. */
  readonly permissions?: PermissionsMetadata;
}

/** The result of {@linkcode search}. */
export interface SearchResult {
  /** The candidates in Airflow's order. */
  readonly candidates: readonly Candidate[];
  /** The path of the first accepted bundle by dag_id. */
  readonly winners: ReadonlyMap<string, string>;
}

const MAGIC = new TextEncoder().encode("AFBNDL01");

/** Searches folders as the coordinator of a kind and a release does. */
export async function search(
  roots: readonly string[],
  kind: CoordinatorKind,
  release: ReleaseLine,
): Promise<SearchResult> {
  const candidates: Candidate[] = [];
  // NodeCoordinator sorts the names of a folder; ExecutableCoordinator does not.
  for await (const file of walk(roots, kind === "node", new Set())) {
    const candidate = kind === "node"
      ? await examineNode(file, release)
      : await examineExecutable(file, release);
    if (candidate !== undefined) candidates.push(candidate);
  }
  const winners = new Map<string, string>();
  for (const { path, verdict, dags } of candidates) {
    if (verdict !== "accepted") continue;
    for (const dagId of Object.keys(dags)) {
      if (!winners.has(dagId)) winners.set(dagId, path);
    }
  }
  return { candidates, winners };
}

interface WalkedFile {
  readonly path: string;
  readonly info: Deno.FileInfo;
}

/** Yields the files at the paths and in their folders. It follows links, and visits a folder once. */
async function* walk(
  paths: readonly string[],
  sorted: boolean,
  seen: Set<string>,
): AsyncGenerator<WalkedFile> {
  for (const path of paths) {
    const info = await Deno.stat(path).catch(() => undefined);
    if (info?.isDirectory) {
      const key = `${info.dev}:${info.ino}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name).catch(() => []);
      if (sorted) names.sort(compareCodePoints);
      yield* walk(names.map((name) => `${path.replace(/\/+$/, "")}/${name}`), sorted, seen);
    } else if (info?.isFile) yield { path, info };
  }
}

async function examineExecutable(
  { path: walked, info }: WalkedFile,
  release: ReleaseLine,
): Promise<Candidate | undefined> {
  const path = await Deno.realPath(walked);
  if (path.endsWith(NODE_BUNDLE_SUFFIX)) {
    const reason = "it is for NodeCoordinator, and this is an ExecutableCoordinator";
    return { path, verdict: "other", reason, fix: "pack it without --form node", dags: {} };
  }
  try {
    using source = await FileSource.open(path);
    const magic = await source.read(Math.max(0, source.size - MAGIC.length), source.size);
    if (!MAGIC.every((byte, i) => byte === magic[i])) return undefined;
    const { metadataStart, metadataEnd } = await readTrailer(source, path);
    const bytes = await source.read(metadataStart, metadataEnd);
    const declared = readDeclared(bytes);
    if (declared === undefined) {
      return { path, verdict: "unknown", reason: "its metadata is not JSON", dags: {} };
    }
    return judge(path, declared, release, permissionOf(path, info, release));
  } catch (error) {
    return refusedFor(path, error);
  }
}

async function examineNode(
  { path }: WalkedFile,
  release: ReleaseLine,
): Promise<Candidate | undefined> {
  try {
    using source = await FileSource.open(path);
    if (!path.endsWith(NODE_BUNDLE_SUFFIX)) {
      const magic = await source.read(Math.max(0, source.size - MAGIC.length), source.size);
      if (!MAGIC.every((byte, i) => byte === magic[i])) return undefined;
      const reason = "it is for ExecutableCoordinator, and this is a NodeCoordinator";
      return { path, verdict: "other", reason, fix: "pack it with --form node", dags: {} };
    }
    const { metadata } = await readNodeLayout(source, path);
    const bytes = await source.read(metadata.start, metadata.end);
    const { dags, sdk, permissions } = readMetadata(bytes, path, "task_handlers");
    const declared = {
      dags: Object.fromEntries(Object.entries(dags).map(([dagId, dag]) => [dagId, dag.tasks])),
      schema: sdk.supervisorSchemaVersion,
      language: sdk.language,
      permissions,
    };
    return judge(path, declared, release, undefined);
  } catch (error) {
    return refusedFor(path, error);
  }
}

interface Declared {
  readonly dags: Readonly<Record<string, readonly string[]>>;
  readonly schema: string | undefined;
  readonly language: string | undefined;
  /** The ids of the Dags that it defines in TypeScript. */
  readonly native?: readonly string[];
  readonly permissions: PermissionsMetadata | undefined;
}

/** Reads the part of the metadata that ExecutableCoordinator reads. */
function readDeclared(bytes: Uint8Array): Declared | undefined {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  const sdk = isPlainObject(document) ? document["sdk"] : undefined;
  const dags = isPlainObject(document) ? document["dags"] : undefined;
  const sources = isPlainObject(document) ? document["dag_source_paths"] : undefined;
  const [schema, language] = isPlainObject(sdk)
    ? [sdk["supervisor_schema_version"], sdk["language"]]
    : [];
  return {
    dags: Object.fromEntries(
      Object.entries(isPlainObject(dags) ? dags : {}).map(([dagId, dag]) => [dagId, tasksOf(dag)]),
    ),
    schema: typeof schema === "string" && schema !== "" ? schema : undefined,
    language: typeof language === "string" ? language : undefined,
    native: isPlainObject(sources) ? Object.keys(sources) : [],
    permissions: permissionsIn(document),
  };
}

/** Returns undefined for invalid permissions: Airflow ignores them, and the launch reports them. */
function permissionsIn(document: unknown): PermissionsMetadata | undefined {
  const permissions = isPlainObject(document) ? document["permissions"] : undefined;
  try {
    return readPermissions(permissions, (reason) => new TaskRuntimeError("INVALID", reason));
  } catch {
    return undefined;
  }
}

function tasksOf(dag: unknown): string[] {
  const tasks = isPlainObject(dag) ? dag["tasks"] : undefined;
  return Array.isArray(tasks) ? tasks.filter((task) => typeof task === "string") : [];
}

function judge(
  path: string,
  { dags, schema, language, native = [], permissions }: Declared,
  release: ReleaseLine,
  permission: Pick<Candidate, "reason" | "fix"> & { isRefusal: boolean } | undefined,
): Candidate {
  const candidate = {
    path,
    dags,
    ...(schema === undefined ? {} : { schema }),
    ...(language === undefined ? {} : { language }),
    ...(native.length === 0 ? {} : { native }),
    ...(permissions === undefined ? {} : { permissions }),
  };
  if (permission?.isRefusal) {
    const { reason = "", fix = "" } = permission;
    return { ...candidate, verdict: "refused", reason, fix };
  }
  if (schema === undefined) {
    const reason = "its metadata has no sdk.supervisor_schema_version";
    return { ...candidate, verdict: "refused", reason, fix: `pack ${path} again` };
  }
  if (!SUPPORTED_SCHEMAS[release].includes(schema)) {
    const newer = release === "3.3" && SUPPORTED_SCHEMAS["3.4"].includes(schema);
    const reason =
      `it declares schema version ${schema}, which Airflow ${release} does not support` +
      (newer ? "; it needs Airflow 3.4" : "");
    const oldest = SUPPORTED_SCHEMAS[release].at(0) ?? "";
    return {
      ...candidate,
      verdict: "refused",
      reason,
      fix: `pack ${path} with --schema ${oldest}`,
    };
  }
  const reason = permission?.reason;
  return { ...candidate, verdict: "accepted", ...(reason === undefined ? {} : { reason }) };
}

/** Airflow 3.3 ignores a file that is not executable; 3.4 makes it executable if it can. */
function permissionOf(
  path: string,
  info: Deno.FileInfo,
  release: ReleaseLine,
): Pick<Candidate, "reason" | "fix"> & { isRefusal: boolean } | undefined {
  if (canExecute(path)) return undefined;
  const fix = `chmod +x ${path}`;
  if (release === "3.3") {
    return { isRefusal: true, reason: "this user cannot execute it", fix };
  }
  const user = Deno.uid();
  const mayChange = user === 0 || info.uid === user;
  return mayChange
    ? { isRefusal: false, reason: "Airflow will set its executable bit", fix }
    : { isRefusal: true, reason: "this user may neither execute it nor change that", fix };
}

/** Returns true if the user of this process can execute the file. */
function canExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function refusedFor(path: string, error: unknown): Candidate {
  if (!(error instanceof TaskRuntimeError) && !isSystemError(error)) throw error;
  const reason = error.message.replace(`Cannot read bundle ${path}: `, "");
  return {
    path,
    verdict: "refused",
    reason,
    fix: `copy ${path} here again, or pack it again`,
    dags: {},
  };
}

/** Python's order of strings, which differs from JavaScript's beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [i, one] of left.entries()) {
    const difference = (one.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
