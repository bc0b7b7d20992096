/**
 * `ctx.outlets`: what the task emits, kept until it has succeeded.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { AssetProfile, SucceedTask } from "../../protocol/generated.ts";
import type { JsonObject } from "../../protocol/value.ts";
import type {
  AliasOutlets,
  OutletAsset,
  OutletExtra,
  OutletOptions,
  Outlets,
} from "../../sdk/outlets.ts";
import { checkJsonObject, invalid } from "./json_check.ts";
import type { Requester } from "../requester.ts";

/** The fields of SucceedTask that tell what was emitted; Airflow refuses null for either. */
export type OutletFields = Required<Pick<SucceedTask, "task_outlets" | "outlet_events">>;

interface AssetKey {
  readonly name: string;
  readonly uri: string;
}

/** Collects asset events. */
export class AirflowOutlets implements Outlets {
  readonly #requester: Requester;
  readonly #id: string;
  // By kind and name, since each asset and alias is to be named once.
  readonly #profiles = new Map<string, AssetProfile>();
  readonly #events: JsonObject[] = [];

  /** Checks through `requester`; `id` is the task instance's UUID. */
  constructor(requester: Requester, id: string) {
    this.#requester = requester;
    this.#id = id;
  }

  /** What SucceedTask tells of it. */
  get fields(): OutletFields {
    return { task_outlets: [...this.#profiles.values()], outlet_events: [...this.#events] };
  }

  /**
   * Emits events of `assets`, unless there are none, once it is sure that all are active.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when one is not; `INVALID` when one has no name or URI
   */
  async declare(assets: readonly OutletAsset[]): Promise<void> {
    if (assets.length === 0) return;
    for (const asset of assets) this.#name(keyOf(asset));
    await this.validate();
  }

  add(asset: OutletAsset, extra: OutletExtra = {}, options: OutletOptions = {}): void {
    const key = keyOf(asset);
    checkJsonObject(`emit an event of asset "${key.name}"`, extra);
    this.#name(key);
    const { partitionKey } = options;
    this.#events.push({
      dest_asset_key: { ...key },
      extra: { ...extra },
      ...(partitionKey === undefined ? {} : { partition_key: partitionKey }),
    });
  }

  alias(name: string): AliasOutlets {
    if (typeof name !== "string" || name === "") {
      throw invalid("emit an event through an asset alias", "it has no name");
    }
    return {
      add: (asset: OutletAsset, extra: OutletExtra = {}): void => {
        const key = keyOf(asset);
        checkJsonObject(`emit an event of asset "${key.name}"`, extra);
        this.#profiles.set(`alias ${name}`, { type: "AssetAlias", name });
        this.#events.push({
          source_alias_name: name,
          dest_asset_key: { ...key },
          dest_asset_extra: {},
          extra: { ...extra },
        });
      },
    };
  }

  /** An asset that is named, without an event of its own, gets one without extra. */
  #name(key: AssetKey): void {
    this.#profiles.set(`asset ${key.name} ${key.uri}`, { type: "Asset", ...key });
  }

  async validate(): Promise<void> {
    const { inactive_assets: inactive } = await this.#requester.request({
      type: "ValidateInletsAndOutlets",
      ti_id: this.#id,
    });
    if (inactive === undefined || inactive === null || inactive.length === 0) return;
    const names = inactive.map(({ name, uri }) => `"${name ?? uri ?? ""}"`).join(", ");
    throw new TaskRuntimeError(
      "CONFLICT",
      `Cannot run the task: Airflow has no active asset ${names} among its inlets and outlets; ` +
        "another Dag may use the same name or URI for another asset",
      { request: "ValidateInletsAndOutlets", detail: inactive },
    );
  }
}

function keyOf(asset: OutletAsset): AssetKey {
  const { name, uri } = typeof asset === "string" ? { name: asset, uri: asset } : asset;
  const isNamed = typeof name === "string" && name !== "" && typeof uri === "string" && uri !== "";
  if (isNamed) return { name, uri };
  throw invalid(
    `emit an event of asset "${name ?? uri ?? ""}"`,
    "both its name and its URI must be given",
  );
}
