/**
 * The asset events that a task's success brings about.
 *
 * @module
 */

import type { JsonObject, JsonValue, SucceedTask } from "../../protocol/generated.ts";
import type { AnswerState } from "./answer_state.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import type { AssetRow } from "../store/store.ts";

/**
 * Adds the events of a SucceedTask as Airflow does: one an outlet, or one an event given for it;
 * through an alias also for an asset that is not known yet, which becomes known by it. An outlet
 * that no Dag declares has none, which the log says.
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
        hint: "name it in the fixtures' assets",
      });
      continue;
    }
    const own = plain.filter((event) => isFor(event, asset));
    for (const { extra, partition_key } of own.length === 0 ? [{}] : own) {
      add(asset, extra, [], partition_key, state);
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
    add(known ?? asset, extra, names, undefined, state);
  }
}

/** One event an asset and extra, whatever the number of aliases that it comes through. */
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

function add(
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
