/**
 * `ctx.assets` over the wire.
 *
 * @module
 */
import type {
  AssetEventDagRunReference,
  AssetEventResponse,
  AssetResponse,
} from "../../protocol/generated.ts";
import type {
  AssetAliasHandle,
  AssetDetails,
  AssetEvent,
  AssetEventOptions,
  AssetHandle,
  AssetRef,
  Assets,
  TriggeringAssetEvent,
} from "../../sdk/assets.ts";
import { cannot } from "./checks.ts";
import type { Requester } from "../requester.ts";
import { AirflowAssetStateStore } from "./state.ts";

/** Reads assets and their events from the supervisor. */
export class AirflowAssets implements Assets {
  readonly #requester: Requester;

  /** Reads through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

  get(asset: AssetRef): AssetHandle {
    const { name, uri } = typeof asset === "string" ? { name: asset } : asset;
    const locator = name ? { name } : uri ? { uri } : undefined;
    if (locator === undefined) throw cannot("get an asset", "its name and URI are missing");
    const requester = this.#requester;
    return {
      state: new AirflowAssetStateStore(requester, locator),
      async read(): Promise<AssetDetails> {
        return assetOf(
          "name" in locator
            ? await requester.request({ type: "GetAssetByName", name: locator.name })
            : await requester.request({ type: "GetAssetByUri", uri: locator.uri }),
        );
      },
      async *events(options?: AssetEventOptions): AsyncGenerator<AssetEvent, void, void> {
        const result = await requester.request({
          type: "GetAssetEventByAsset",
          name: name || null,
          uri: uri || null,
          ...filterOf(options),
        });
        yield* result.asset_events.map(assetEventOf);
      },
    };
  }

  alias(name: string): AssetAliasHandle {
    if (typeof name !== "string" || name === "") {
      throw cannot("get an asset alias", "its name is missing");
    }
    const requester = this.#requester;
    return {
      async read(): Promise<readonly AssetDetails[]> {
        const { assets } = await requester.request({ type: "GetAssetsByAlias", alias_name: name });
        return assets.map(assetOf);
      },
      async *events(options?: AssetEventOptions): AsyncGenerator<AssetEvent, void, void> {
        const result = await requester.request({
          type: "GetAssetEventByAssetAlias",
          alias_name: name,
          ...filterOf(options),
        });
        yield* result.asset_events.map(assetEventOf);
      },
    };
  }
}

/** Converts the filters for the wire; those of the newer schema version are absent unless used. */
function filterOf(options: AssetEventOptions = {}): {
  after: AssetEventOptions["after"];
  before: AssetEventOptions["before"];
  limit: number | undefined;
  ascending: boolean;
  partition_key: string | undefined;
  partition_key_regexp_pattern: string | undefined;
  extra: Readonly<Record<string, string>> | undefined;
} {
  const { limit } = options;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1)) {
    throw cannot(
      "read asset events",
      `"limit" must be a whole number of at least 1, got ${limit}`,
    );
  }
  return {
    after: options.after,
    before: options.before,
    limit,
    ascending: options.ascending ?? true,
    partition_key: options.partitionKey,
    partition_key_regexp_pattern: options.partitionKeyPattern,
    extra: options.extra,
  };
}

function assetOf({ name, uri, group, extra }: Omit<AssetResponse, "type">): AssetDetails {
  return { name, uri, group, extra: extra ?? {} };
}

function assetEventOf(event: AssetEventResponse): AssetEvent {
  return {
    id: event.id,
    timestamp: event.timestamp,
    asset: assetOf(event.asset),
    extra: event.extra ?? {},
    source: {
      dagId: event.source_dag_id ?? null,
      runId: event.source_run_id ?? null,
      taskId: event.source_task_id ?? null,
      mapIndex: event.source_map_index ?? null,
    },
    partitionKey: event.partition_key ?? null,
    createdDagRuns: event.created_dagruns.map(({ dag_id, run_id, state }) => ({
      dagId: dag_id,
      runId: run_id,
      state,
    })),
  };
}

/** Converts an asset event of a Dag run for authors. */
export function triggeringAssetEventOf(event: AssetEventDagRunReference): TriggeringAssetEvent {
  return {
    timestamp: event.timestamp,
    asset: { name: event.asset.name, uri: event.asset.uri, extra: event.asset.extra },
    extra: event.extra,
    source: {
      dagId: event.source_dag_id,
      runId: event.source_run_id,
      taskId: event.source_task_id,
      mapIndex: event.source_map_index,
    },
    aliases: event.source_aliases.map(({ name }) => name),
    partitionKey: event.partition_key ?? null,
  };
}
