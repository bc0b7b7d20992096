/**
 * `ctx.outlets`: the asset events of a task, kept until it succeeds.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { AssetProfile, SucceedTask } from "../../protocol/generated.ts";
import type { JsonObject } from "../../protocol/value.ts";
import type { AssetRef } from "../../sdk/assets.ts";
import type {
  AliasOutlets,
  NewAsset,
  OutletExtra,
  OutletOptions,
  Outlets,
} from "../../sdk/outlets.ts";
import type { Requester } from "../requester.ts";
import { cannot, checkJsonObject } from "./checks.ts";

/** The fields of SucceedTask for asset events; Airflow refuses null for either. */
export type OutletFields = Required<Pick<SucceedTask, "task_outlets" | "outlet_events">>;

/** An outlet as it was added: an asset, with the event if there is one, or an alias with its event. */
interface Outlet {
  readonly asset: AssetRef;
  readonly alias?: string;
  readonly event?: JsonObject;
}

/** Collects asset events. */
export class AirflowOutlets implements Outlets {
  readonly #requester: Requester;
  readonly #id: string;
  readonly #outlets: Outlet[] = [];
  /** Names and URIs that Airflow completed, by the reference that was given. */
  readonly #found = new Map<string, NewAsset>();

  /** Reads assets and validates through `requester`; `id` is the UUID of the task instance. */
  constructor(requester: Requester, id: string) {
    this.#requester = requester;
    this.#id = id;
  }

  /** The fields of SucceedTask; {@linkcode AirflowOutlets.complete} must have run. */
  get fields(): OutletFields {
    // By kind and name, since each asset and alias may appear only once.
    const profiles = new Map<string, AssetProfile>();
    const events: JsonObject[] = [];
    for (const { asset, alias, event } of this.#outlets) {
      const key = this.#keyOf(asset);
      if (alias === undefined) {
        profiles.set(`asset ${key.name} ${key.uri}`, { type: "Asset", ...key });
        if (event !== undefined) events.push({ dest_asset_key: { ...key }, ...event });
      } else {
        profiles.set(`alias ${alias}`, { type: "AssetAlias", name: alias });
        events.push({ source_alias_name: alias, dest_asset_key: { ...key }, ...event });
      }
    }
    return { task_outlets: [...profiles.values()], outlet_events: events };
  }

  /**
   * Emits an event of each asset, after Airflow confirmed that all are active.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when one is not active; `NOT_FOUND` when one does not exist;
   * `INVALID` when one has neither name nor URI
   */
  async declare(assets: readonly AssetRef[]): Promise<void> {
    if (assets.length === 0) return;
    for (const asset of assets) {
      checkRef(asset);
      this.#outlets.push({ asset });
    }
    await this.complete();
    await this.validate();
  }

  /**
   * Reads the missing names and URIs of the assets from Airflow.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when an asset does not exist
   */
  async complete(): Promise<void> {
    for (const { asset } of this.#outlets) {
      const { name, uri } = partsOf(asset);
      const ref = refKey(asset);
      if ((name && uri) || this.#found.has(ref)) continue;
      const found = name
        ? await this.#requester.request({ type: "GetAssetByName", name })
        : await this.#requester.request({ type: "GetAssetByUri", uri: uri ?? "" });
      this.#found.set(ref, { name: found.name, uri: found.uri });
    }
  }

  add(asset: AssetRef, extra: OutletExtra = {}, options: OutletOptions = {}): void {
    checkRef(asset);
    checkExtra(asset, extra);
    const { partitionKey } = options;
    const partition = partitionKey === undefined ? {} : { partition_key: partitionKey };
    this.#outlets.push({ asset, event: { extra: { ...extra }, ...partition } });
  }

  alias(name: string): AliasOutlets {
    if (typeof name !== "string" || name === "") {
      throw cannot("emit an event through an asset alias", "its name is missing");
    }
    return {
      add: (asset: NewAsset, extra: OutletExtra = {}): void => {
        const { name: assetName, uri } = partsOf(asset);
        if (!assetName || !uri) {
          throw cannot(
            `emit an event through asset alias "${name}"`,
            "the asset must have a name and a URI",
          );
        }
        checkExtra(asset, extra);
        this.#outlets.push({
          asset,
          alias: name,
          event: { dest_asset_extra: {}, extra: { ...extra } },
        });
      },
    };
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
      `Cannot run the task: its inlets and outlets are not active in Airflow: ${names}. ` +
        "Another Dag may use the same name or URI for another asset",
      { request: "ValidateInletsAndOutlets", detail: inactive },
    );
  }

  #keyOf(asset: AssetRef): NewAsset {
    const { name = "", uri = "" } = this.#found.get(refKey(asset)) ?? partsOf(asset);
    return { name, uri };
  }
}

function partsOf(asset: AssetRef): { readonly name?: string; readonly uri?: string } {
  return typeof asset === "string" ? { name: asset } : asset;
}

function refKey(asset: AssetRef): string {
  const { name, uri } = partsOf(asset);
  return JSON.stringify([name, uri]);
}

function checkRef(asset: AssetRef): void {
  const { name, uri } = partsOf(asset);
  const isText = (part: unknown): boolean => part === undefined || typeof part === "string";
  if (isText(name) && isText(uri) && (name || uri)) return;
  throw cannot("emit an asset event", "the asset has neither a name nor a URI");
}

function checkExtra(asset: AssetRef, extra: unknown): asserts extra is JsonObject {
  const { name, uri } = partsOf(asset);
  checkJsonObject(`emit an event of asset "${name ?? uri}"`, extra);
}
