/**
 * What Airflow answers to the requests on assets and their events.
 *
 * @module
 */

import type { AssetEventResponse, AssetResponse, DateTime } from "../../protocol/generated.ts";
import type { AnswerState } from "./answer_state.ts";
import { byMoment, momentOf } from "../store/moment.ts";
import { apiError, notFound, raised, type Reply, result } from "./reply.ts";
import type { AssetEventRow, AssetRow, Store } from "../store/store.ts";

/** An asset by its name or its URI. */
export interface AssetName {
  /** Its name. */
  readonly name?: string | undefined;
  /** Its URI. */
  readonly uri?: string | undefined;
}

/** The filters that both requests for events have. */
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

/** The asset that a Dag still declares; undefined when there is none. */
export function activeAsset(store: Store, { name, uri }: AssetName): AssetRow | undefined {
  return store.assets().find((row) =>
    row.active && (name === undefined ? row.uri === uri : row.name === name)
  );
}

/** Answers GetAssetByName and GetAssetByUri. */
export function getAsset({ name, uri }: AssetName, { store }: AnswerState): Reply {
  if (!name && !uri) return raised("Either `name` or `uri` must be provided");
  const asset = activeAsset(store, { name, uri });
  if (asset !== undefined) return result("AssetResult", { ...assetResponse(asset) });
  return notFound("ASSET_NOT_FOUND", name === undefined ? { uri } : { name });
}

/** Answers GetAssetsByAlias; an unknown alias has no assets. */
export function getAssetsByAlias(
  { alias_name }: { alias_name: string },
  { store }: AnswerState,
): Reply {
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
): Reply {
  const { name, uri } = request;
  if (!name && !uri) return raised(NOTHING_NAMED);
  const assets = store.assets().filter((row) =>
    // By both the asset may be one that no Dag declares any more.
    (row.active || (name && uri)) && (!name || row.name === name) && (!uri || row.uri === uri)
  ).map((row) => row.name);
  return events(store, request, ({ asset }) => assets.includes(asset));
}

/** Answers GetAssetEventByAssetAlias. */
export function getAliasEvents(
  request: EventFilter & { alias_name: string },
  { store }: AnswerState,
): Reply {
  if (!request.alias_name) return raised(NOTHING_NAMED);
  return events(store, request, (event) => event.sourceAliases.includes(request.alias_name));
}

/** Answers ValidateInletsAndOutlets: every asset that is known to be inactive counts as the task's. */
export function inactiveAssets({ store }: AnswerState): Reply {
  const inactive = store.assets().filter((row) => !row.active);
  return result("InactiveAssetsResult", {
    inactive_assets: inactive.map(({ name, uri }) => ({ name, uri, type: "Asset" })),
  });
}

function events(
  store: Store,
  filter: EventFilter,
  isWanted: (event: AssetEventRow) => boolean,
): Reply {
  const pattern = patternOf(filter.partition_key_regexp_pattern);
  if (pattern === undefined) {
    return apiError(400, "partition_key_regexp_pattern is no regular expression", "invalid_value");
  }
  const [from, until] = [momentOf(filter.after), momentOf(filter.before)];
  const found = store.assetEvents().filter((event) =>
    isWanted(event) &&
    (from === null || byMoment(from, event.timestamp) <= 0) &&
    (until === null || byMoment(event.timestamp, until) <= 0) &&
    (filter.partition_key === undefined || filter.partition_key === null ||
      event.partitionKey === filter.partition_key) &&
    (pattern === null || (event.partitionKey !== null && pattern.test(event.partitionKey))) &&
    Object.entries(filter.extra ?? {}).every(([key, value]) => event.extra[key] === value)
  ).sort((a, b) => byMoment(a.timestamp, b.timestamp));
  if (filter.ascending === false) found.reverse();
  const asked = filter.limit ? found.slice(0, filter.limit) : found;
  return result("AssetEventsResult", {
    asset_events: asked.map((event) => eventResponse(store, event)),
  });
}

/** The pattern, null without one, undefined when it is none. */
function patternOf(source: string | null | undefined): RegExp | null | undefined {
  if (source === undefined || source === null) return null;
  try {
    return new RegExp(source);
  } catch {
    return undefined;
  }
}

function eventResponse(store: Store, event: AssetEventRow): AssetEventResponse {
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
