/**
 * The bundles in the folders of a coordinator, in the order in which Airflow looks at them.
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
import { KNOWN_DATES, type ReleaseLine } from "./airflow_release.ts";
import type { CoordinatorKind } from "./routes.ts";
import { isPlainObject } from "../values.ts";

/** A file that is or was meant to be a bundle, and what Airflow makes of it. */
export interface Candidate {
  /** Its path as Airflow names it: for ExecutableCoordinator, symbolic links are resolved. */
  readonly path: string;
  /**
   * `"accepted"`; `"refused"`, for the reason told; `"other"`: it is for the other coordinator;
   * `"unknown"`: its metadata is YAML, as other SDKs write it, which Airflow reads and this program
   * does not.
   */
  readonly verdict: "accepted" | "refused" | "other" | "unknown";
  /** Why it is refused, or what is to be known of it. */
  readonly reason?: string;
  /** What would have it accepted. */
  readonly fix?: string;
  /** The task ids by Dag that it declares. */
  readonly dags: Readonly<Record<string, readonly string[]>>;
  /** The supervisor schema date that it declares. */
  readonly schema?: string;
  /** The language of its SDK. */
  readonly language?: string;
  /** The ids of the Dags that it defines whole; absent when there are none. */
  readonly native?: readonly string[];
  /** What its tasks may do beyond talking with Airflow; told of a bundle of this SDK only. */
  readonly permissions?: PermissionsMetadata;
}

/** What a search found. */
export interface Found {
  /** The candidates in Airflow's order. */
  readonly candidates: readonly Candidate[];
  /** The path of the bundle that serves a Dag, by dag_id: the first that Airflow accepts. */
  readonly winners: ReadonlyMap<string, string>;
}

const MAGIC = new TextEncoder().encode("AFBNDL01");

/** Searches roots as the coordinator of that kind and release does. */
export async function search(
  roots: readonly string[],
  kind: CoordinatorKind,
  release: ReleaseLine,
): Promise<Found> {
  const candidates: Candidate[] = [];
  // NodeCoordinator sorts the names of a folder; the other takes them as the file system has them.
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

/** Regular files at the paths and in their folders, symbolic links followed, each folder once. */
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
    const reason = "it is for NodeCoordinator, and here an ExecutableCoordinator searches";
    return { path, verdict: "other", reason, fix: "pack it without --form node", dags: {} };
  }
  try {
    using source = await FileSource.open(path);
    const magic = await source.read(Math.max(0, source.size - MAGIC.length), source.size);
    if (!MAGIC.every((byte, i) => byte === magic[i])) return undefined;
    const { metadataStart, metadataEnd } = await readTrailer(source, path);
    const bytes = await source.read(metadataStart, metadataEnd);
    const held = readHeld(bytes);
    if (held === undefined) {
      return { path, verdict: "unknown", reason: "its metadata is not JSON", dags: {} };
    }
    return judge(path, held, release, permissionOf(path, info, release));
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
      const reason = "it is for ExecutableCoordinator, and here a NodeCoordinator searches";
      return { path, verdict: "other", reason, fix: "pack it with --form node", dags: {} };
    }
    const { metadata } = await readNodeLayout(source, path);
    const bytes = await source.read(metadata.start, metadata.end);
    const { dags, sdk, permissions } = readMetadata(bytes, path, "task_handlers");
    const held = {
      dags: Object.fromEntries(Object.entries(dags).map(([dagId, dag]) => [dagId, dag.tasks])),
      schema: sdk.supervisorSchemaVersion,
      language: sdk.language,
      permissions,
    };
    return judge(path, held, release, undefined);
  } catch (error) {
    return refusedFor(path, error);
  }
}

interface Held {
  readonly dags: Readonly<Record<string, readonly string[]>>;
  readonly schema: string | undefined;
  readonly language: string | undefined;
  /** The ids of the Dags that it defines whole. */
  readonly native?: readonly string[];
  readonly permissions: PermissionsMetadata | undefined;
}

/** The part of the metadata that ExecutableCoordinator looks at; it minds nothing else. */
function readHeld(bytes: Uint8Array): Held | undefined {
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

/** None where they cannot be read: Airflow minds them not, and the start of the bundle will tell. */
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
  { dags, schema, language, native = [], permissions }: Held,
  release: ReleaseLine,
  permission: Pick<Candidate, "reason" | "fix"> & { isRefusal: boolean } | undefined,
): Candidate {
  const told = {
    path,
    dags,
    ...(schema === undefined ? {} : { schema }),
    ...(language === undefined ? {} : { language }),
    ...(native.length === 0 ? {} : { native }),
    ...(permissions === undefined ? {} : { permissions }),
  };
  if (permission?.isRefusal) {
    const { reason = "", fix = "" } = permission;
    return { ...told, verdict: "refused", reason, fix };
  }
  if (schema === undefined) {
    const reason = "its metadata has no sdk.supervisor_schema_version";
    return { ...told, verdict: "refused", reason, fix: `pack ${path} again` };
  }
  if (!KNOWN_DATES[release].includes(schema)) {
    const newer = release === "3.3" && KNOWN_DATES["3.4"].includes(schema);
    const reason = `it declares schema ${schema}, which Airflow ${release} does not know` +
      (newer ? "; it needs Airflow 3.4" : "");
    const oldest = KNOWN_DATES[release].at(0) ?? "";
    return { ...told, verdict: "refused", reason, fix: `pack ${path} with --schema ${oldest}` };
  }
  const reason = permission?.reason;
  return { ...told, verdict: "accepted", ...(reason === undefined ? {} : { reason }) };
}

/** 3.3 passes over a file that it may not execute; 3.4 makes it executable, where it may do that. */
function permissionOf(
  path: string,
  info: Deno.FileInfo,
  release: ReleaseLine,
): Pick<Candidate, "reason" | "fix"> & { isRefusal: boolean } | undefined {
  if (mayExecute(path)) return undefined;
  const fix = `chmod +x ${path}`;
  if (release === "3.3") {
    return { isRefusal: true, reason: "this user may not execute it", fix };
  }
  const user = Deno.uid();
  const mayChange = user === 0 || info.uid === user;
  return mayChange
    ? { isRefusal: false, reason: "Airflow will set its executable bit", fix }
    : { isRefusal: true, reason: "this user may neither execute it nor change that", fix };
}

/** Tells whether the user of this process may execute the file. */
export function mayExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function refusedFor(path: string, error: unknown): Candidate {
  if (!(error instanceof TaskRuntimeError) && !isFromSystem(error)) throw error;
  const reason = error.message.replace(`Cannot read bundle ${path}: `, "");
  return {
    path,
    verdict: "refused",
    reason,
    fix: `copy ${path} here again, or pack it again`,
    dags: {},
  };
}

function isFromSystem(error: unknown): error is Error {
  return Object.values(Deno.errors).some((type) => error instanceof type);
}

/** Python's order of texts; JavaScript's differs beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (const [i, one] of left.entries()) {
    const difference = (one.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
