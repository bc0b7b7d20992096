/**
 * Assets and asset conditions in a serialized Dag.
 *
 * @module
 */
import type { JsonObject } from "../../../protocol/value.ts";
import { Asset, AssetAlias, type AssetCondition } from "../../../sdk/dag/asset.ts";
import { encodeValue, typed } from "./encoding.ts";

/** Encodes an asset or alias for the inlets or outlets of a task. */
export function encodeAsset(asset: Asset | AssetAlias): JsonObject {
  const { __type: type, ...fields } = encodeCondition(asset);
  return typed(String(type), fields);
}

/** Encodes an asset condition for a timetable. */
export function encodeCondition(condition: AssetCondition): JsonObject {
  if (condition instanceof Asset) return assetFields(condition);
  if (condition instanceof AssetAlias) {
    return { __type: "asset_alias", name: condition.name, group: condition.group };
  }
  if (condition.kind === "ref") {
    const { kind: _kind, ...key } = condition;
    return { __type: "asset_ref", ...key };
  }
  return { __type: `asset_${condition.kind}`, objects: condition.objects.map(encodeCondition) };
}

function assetFields({ name, uri, group, extra, watchers }: Asset): JsonObject {
  return {
    __type: "asset",
    name,
    uri,
    group,
    extra,
    ...(watchers.length === 0 ? {} : {
      watchers: watchers.map((watcher) => ({
        name: watcher.name,
        trigger: {
          classpath: watcher.trigger.classpath,
          kwargs: Object.fromEntries(
            Object.entries(watcher.trigger.kwargs).map(([key, value]) => [
              key,
              encodeValue(value, `watcher "${watcher.name}" of asset "${name}"`),
            ]),
          ),
        },
      })),
    }),
  };
}

/** An edge in the graph of Dags and assets. */
export interface Dependency {
  readonly source: string;
  readonly target: string;
  readonly label: string;
  readonly dependency_type: string;
  readonly dependency_id: string;
}

/** Returns the edges of a condition, from `source` or to `target`. */
export function dependenciesOf(
  condition: AssetCondition,
  ends: { readonly source?: string; readonly target?: string },
): Dependency[] {
  const edge = (type: string, label: string, id: string): Dependency => ({
    source: ends.source ?? type,
    target: ends.target ?? type,
    label,
    dependency_type: type,
    dependency_id: id,
  });
  if (condition instanceof Asset) return [edge("asset", condition.name, assetKey(condition))];
  if (condition instanceof AssetAlias) {
    return [edge("asset-alias", condition.name, condition.name)];
  }
  if (condition.kind !== "ref") {
    return condition.objects.flatMap((each) => dependenciesOf(each, ends));
  }
  return "name" in condition
    ? [edge("asset-name-ref", condition.name, condition.name)]
    : [edge("asset-uri-ref", condition.uri, condition.uri)];
}

/** Writes name and URI like Python's `json.dumps()`. */
function assetKey({ name, uri }: Asset): string {
  return `{"name": ${JSON.stringify(name)}, "uri": ${JSON.stringify(uri)}}`;
}
