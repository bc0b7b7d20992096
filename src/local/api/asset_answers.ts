/**
 * Answers the requests on assets and asset events, and adds the events of a successful task.
 *
 * @module
 */

import type {
  AssetEventResponse,
  AssetResponse,
  DateTime,
  JsonObject,
  JsonValue,
  SucceedTask,
} from "../../protocol/generated.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import type { AnswerState } from "./answer_state.ts";
import { byTime, timeOf } from "../store/time.ts";
import { apiError, notFound, raised, result, type SupervisorReply } from "./reply.ts";
import type { AirflowStore, AssetEventRow, AssetRow } from "../store/store.ts";

/** The name or the URI of an asset. */
export interface AssetName {
  /** Its name. */
  readonly name?: string | undefined;
  /** Its URI. */
  readonly uri?: string | undefined;
}

/** The filters of both requests for events. */
interface EventFilter {
  readonly after?: DateTime | null | undefined;
  readonly before?: DateTime | null | undefined;
  readonly limit?: number | null | undefined;
  readonly ascending?: boolean | undefined;
  readonly partition_key?: string | null | undefined;
  readonly partition_key_regexp_pattern?: string | null | undefined;
  readonly extra?: Readonly<Record<string, string>> | null | undefined;
}

const NOTHING_NAMED = "Either `name`, `uri` or `alias_name` must be provided";

/** Finds an asset that a Dag declares; undefined when it does not exist. */
export function activeAsset(store: AirflowStore, { name, uri }: AssetName): AssetRow | undefined {
  return store.assets().find((row) =>
    row.active && (name === undefined ? row.uri === uri : row.name === name)
  );
}

/** Answers GetAssetByName and GetAssetByUri. */
export function getAsset({ name, uri }: AssetName, { store }: AnswerState): SupervisorReply {
  if (!name && !uri) return raised("Either `name` or `uri` must be provided");
  const asset = activeAsset(store, { name, uri });
  if (asset !== undefined) return result("AssetResult", { ...assetResponse(asset) });
  return notFound("ASSET_NOT_FOUND", name === undefined ? { uri } : { name });
}

/** Answers GetAssetsByAlias; an unknown alias has no assets. */
export function getAssetsByAlias(
  { alias_name }: { alias_name: string },
  { store }: AnswerState,
): SupervisorReply {
  const names = store.assetAlias(alias_name)?.assets ?? [];
  const assets = store.assets().filter((row) => names.includes(row.name));
  return result("AssetsByAliasResult", {
    assets: assets.map((row) => ({ ...assetResponse(row), type: "AssetResult" })),
  });
}

/** Answers GetAssetEventByAsset. */
export function getAssetEvents(
  request: EventFilter & { name: string | null; uri: string | null },
  { store }: AnswerState,
): SupervisorReply {
  const { name, uri } = request;
  if (!name && !uri) return raised(NOTHING_NAMED);
  const assets = store.assets().filter((row) =>
    // A request with both finds assets that no Dag declares any more.
    (row.active || (name && uri)) && (!name || row.name === name) && (!uri || row.uri === uri)
  ).map((row) => row.name);
  return events(store, request, ({ asset }) => assets.includes(asset));
}

/** Answers GetAssetEventByAssetAlias. */
export function getAliasEvents(
  request: EventFilter & { alias_name: string },
  { store }: AnswerState,
): SupervisorReply {
  if (!request.alias_name) return raised(NOTHING_NAMED);
  return events(store, request, (event) => event.sourceAliases.includes(request.alias_name));
}

/** Answers ValidateInletsAndOutlets with every inactive asset, as if the task used all assets. */
export function inactiveAssets({ store }: AnswerState): SupervisorReply {
  const inactive = store.assets().filter((row) => !row.active);
  return result("InactiveAssetsResult", {
    inactive_assets: inactive.map(({ name, uri }) => ({ name, uri, type: "Asset" })),
  });
}

function events(
  store: AirflowStore,
  filter: EventFilter,
  isWanted: (event: AssetEventRow) => boolean,
): SupervisorReply {
  const pattern = patternOf(filter.partition_key_regexp_pattern);
  if (pattern === undefined) {
    return apiError(
      400,
      "partition_key_regexp_pattern must be a regular expression",
      "invalid_value",
    );
  }
  const [from, until] = [timeOf(filter.after), timeOf(filter.before)];
  const found = store.assetEvents().filter((event) =>
    isWanted(event) &&
    (from === null || byTime(from, event.timestamp) <= 0) &&
    (until === null || byTime(event.timestamp, until) <= 0) &&
    (filter.partition_key === undefined || filter.partition_key === null ||
      event.partitionKey === filter.partition_key) &&
    (pattern === null || (event.partitionKey !== null && pattern.test(event.partitionKey))) &&
    Object.entries(filter.extra ?? {}).every(([key, value]) => event.extra[key] === value)
  ).sort((a, b) => byTime(a.timestamp, b.timestamp));
  if (filter.ascending === false) found.reverse();
  const asked = filter.limit ? found.slice(0, filter.limit) : found;
  return result("AssetEventsResult", {
    asset_events: asked.map((event) => eventResponse(store, event)),
  });
}

/** The pattern; null when absent, undefined when invalid. */
function patternOf(source: string | null | undefined): RegExp | null | undefined {
  if (source === undefined || source === null) return null;
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

function eventResponse(store: AirflowStore, event: AssetEventRow): AssetEventResponse {
  const asset = store.assets().find((row) => row.name === event.asset);
  return {
    id: event.id,
    timestamp: event.timestamp,
    extra: event.extra,
    asset: asset === undefined
      ? { name: event.asset, uri: event.asset, group: "asset", extra: {} }
      : assetResponse(asset),
    created_dagruns: [],
    source_task_id: event.sourceTaskId,
    source_dag_id: event.sourceDagId,
    source_run_id: event.sourceRunId,
    source_map_index: event.sourceMapIndex,
    partition_key: event.partitionKey,
  };
}

function assetResponse({ name, uri, group, extra }: AssetRow): AssetResponse {
  return { name, uri, group, extra };
}

/**
 * Adds the events of a SucceedTask as Airflow does: one for each outlet without outlet events, and
 * one for each outlet event. An event through an alias also adds an unknown asset. The log reports
 * an outlet that no Dag declares, which has no event.
 */
export function registerAssetChanges(message: SucceedTask, state: AnswerState): void {
  const outlets = message.task_outlets ?? [];
  const given = message.outlet_events ?? [];
  const plain = given.filter((event) => typeof event["source_alias_name"] !== "string");
  for (const { type, name, uri } of outlets.filter((outlet) => outlet.type !== "AssetAlias")) {
    const asset = state.store.assets().find((row) =>
      row.active && (type === "AssetUriRef" || row.name === name) &&
      (type === "AssetNameRef" || row.uri === uri)
    );
    if (asset === undefined) {
      state.say?.("warning", "Airflow adds no event for an asset that no Dag declares", {
        name: name ?? null,
        uri: uri ?? null,
        hint: "add it to assets in the fixtures",
      });
      continue;
    }
    const own = plain.filter((event) => isFor(event, asset));
    for (const { extra, partition_key } of own.length === 0 ? [{}] : own) {
      addEvent(asset, extra, [], partition_key, state);
    }
  }
  const aliases = outlets.flatMap((outlet) => outlet.type === "AssetAlias" ? [outlet.name] : []);
  for (const [asset, extra, names] of throughAliases(given, aliases)) {
    const known = state.store.assets().find((row) => row.name === asset.name);
    if (known === undefined) state.store.setAsset(asset);
    for (const name of names) {
      const before = state.store.assetAlias(name)?.assets ?? [];
      state.store.setAssetAlias({ name, assets: [...new Set([...before, asset.name])] });
    }
    addEvent(known ?? asset, extra, names, undefined, state);
  }
}

/** Groups events through aliases: one for each asset and extra, with all its aliases. */
function throughAliases(
  given: readonly JsonObject[],
  outlets: readonly (string | null | undefined)[],
): Iterable<[AssetRow, JsonValue | undefined, string[]]> {
  const found = new Map<string, [AssetRow, JsonValue | undefined, string[]]>();
  for (const event of given) {
    const { source_alias_name: alias, dest_asset_key: key, dest_asset_extra, extra } = event;
    if (typeof alias !== "string" || !outlets.includes(alias) || !isJsonObject(key)) continue;
    const id = JSON.stringify([key["name"], key["uri"], dest_asset_extra, extra], bigintText);
    const names = found.get(id)?.[2] ?? [];
    const asset: AssetRow = {
      name: String(key["name"]),
      uri: String(key["uri"]),
      group: "asset",
      extra: isJsonObject(dest_asset_extra) ? dest_asset_extra : {},
      active: true,
    };
    found.set(id, [asset, extra, [...names, alias]]);
  }
  return found.values();
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

function isFor(event: JsonObject, asset: AssetRow): boolean {
  const key = event["dest_asset_key"];
  return isJsonObject(key) && key["name"] === asset.name && key["uri"] === asset.uri;
}

function addEvent(
  asset: AssetRow,
  extra: JsonValue | undefined,
  sourceAliases: readonly string[],
  partitionKey: JsonValue | undefined,
  { store, task }: AnswerState,
): void {
  const ofRun = store.dagRun(task.dagId, task.runId)?.partitionKey ?? null;
  store.addAssetEvent({
    asset: asset.name,
    timestamp: Temporal.Now.instant(),
    extra: isJsonObject(extra) ? extra : {},
    sourceTaskId: task.taskId,
    sourceDagId: task.dagId,
    sourceRunId: task.runId,
    sourceMapIndex: task.mapIndex,
    sourceAliases,
    partitionKey: typeof partitionKey === "string" ? partitionKey : ofRun,
  });
}
