/**
 * Assets in a Dag file: the data that tasks read and write, and that schedules Dags.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import type { JsonObject } from "../../protocol/value.ts";
import type { Trigger } from "../trigger.ts";
import { invalid } from "./checks.ts";

const ASCII = /^\p{ASCII}{1,1500}$/u;

/** Options of an {@linkcode Asset}. */
export interface AssetOptions {
  /** The URI; the name by default. */
  uri?: string;
  /** The group; `"asset"` by default. */
  group?: string;
  /** Any other metadata: a JSON object. */
  extra?: JsonObject;
  /** Triggers that Airflow's triggerer runs permanently; each of their events updates the asset. */
  watchers?: readonly AssetWatcher[];
}

/** A trigger that updates an asset. */
export interface AssetWatcher {
  /** The name. */
  name: string;
  /** One of Airflow's event triggers, by import path. */
  trigger: Trigger;
}

/** An asset, an alias, a reference, or a combination of them. */
export type AssetCondition = Asset | AssetAlias | AssetReference | AssetAny | AssetAll;

/**
 * An asset, identified by its name and URI.
 *
 * @example One Dag updates an asset, another runs after each update
 * ```ts
 * import { Asset, Dag } from "@airflow-deno/task-runtime";
 *
 * const orders = new Asset("orders", { uri: "s3://warehouse/orders" });
 * const load = new Dag("load_orders", { schedule: "@hourly" });
 * load.task("load", () => {}, { outlets: [orders] })();
 * const report = new Dag("report", { schedule: [orders] });
 * report.task("write", () => {}, { inlets: [orders] })();
 * ```
 */
export class Asset {
  /** The name. */
  readonly name: string;
  /** The URI, normalized as Airflow does. */
  readonly uri: string;
  /** The group. */
  readonly group: string;
  /** Other metadata. */
  readonly extra: JsonObject;
  /** The triggers that update the asset. */
  readonly watchers: readonly AssetWatcher[];

  /**
   * Makes an asset.
   *
   * @throws {TaskRuntimeError} `INVALID` for a name or URI that Airflow refuses
   */
  constructor(name: string, options: AssetOptions = {}) {
    checkName("asset", name);
    const what = `asset "${name}"`;
    this.name = name;
    this.uri = normalUri(what, options.uri ?? name);
    this.group = options.group ?? "asset";
    this.extra = options.extra ?? {};
    if (!isPlainObject(this.extra)) throw invalid(what, '"extra" must be a plain object');
    if (typeof this.group !== "string" || this.group === "") {
      throw invalid(what, '"group" must be a non-empty string');
    }
    this.watchers = [...options.watchers ?? []];
    for (const watcher of this.watchers) {
      if (
        typeof watcher.name === "string" && watcher.name !== "" &&
        typeof watcher.trigger?.classpath === "string"
      ) continue;
      throw invalid(what, "each watcher must have a name and a trigger");
    }
  }

  /** Refers to an asset that another Dag defines, by name: `Asset.ref("orders")`. */
  static ref(name: string): AssetReference {
    checkName("asset", name);
    return { kind: "ref", name };
  }

  /** Refers to an asset that another Dag defines, by URI. */
  static refUri(uri: string): AssetReference {
    return { kind: "ref", uri: normalUri(`asset "${uri}"`, uri) };
  }
}

/**
 * An asset alias: a name for assets that tasks choose at run time.
 *
 * @example
 * ```ts
 * import { AssetAlias, Dag } from "@airflow-deno/task-runtime";
 *
 * const daily = new AssetAlias("daily_files");
 * const load = new Dag("load_files", { schedule: "@daily" });
 * load.task("load", (_args, ctx) => {
 *   ctx.outlets.alias("daily_files").add({ name: "file", uri: `s3://files/${ctx.ti.runId}` });
 * }, { outlets: [daily] })();
 * const report = new Dag("report", { schedule: [daily] });
 * report.task("write", () => {})();
 * ```
 */
export class AssetAlias {
  /** The name. */
  readonly name: string;
  /** The group. */
  readonly group: string;

  /**
   * Makes an alias.
   *
   * @throws {TaskRuntimeError} `INVALID` for a name that Airflow refuses
   */
  constructor(name: string, options: { group?: string } = {}) {
    checkName("asset alias", name);
    this.name = name;
    this.group = options.group ?? "asset";
  }
}

/** A reference to an asset that another Dag defines. */
export type AssetReference =
  | { readonly kind: "ref"; readonly name: string }
  | { readonly kind: "ref"; readonly uri: string };

/** Any of several assets: {@linkcode anyOf}. */
export interface AssetAny {
  /** The kind of condition. */
  readonly kind: "any";
  /** The assets, one of which must be updated. */
  readonly objects: readonly AssetCondition[];
}

/** All of several assets: {@linkcode allOf}. */
export interface AssetAll {
  /** The kind of condition. */
  readonly kind: "all";
  /** The assets, all of which must be updated. */
  readonly objects: readonly AssetCondition[];
}

/**
 * Schedules a Dag when any of the assets is updated.
 *
 * @example
 * ```ts
 * import { allOf, anyOf, Asset, Dag } from "@airflow-deno/task-runtime";
 *
 * const orders = new Asset("orders");
 * const [prices, returns] = [new Asset("prices"), new Asset("returns")];
 * const dag = new Dag("report", { schedule: anyOf(prices, allOf(orders, returns)) });
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` without arguments, or for one that is not an asset
 */
export function anyOf(...objects: readonly AssetCondition[]): AssetAny {
  checkConditions("anyOf()", objects);
  return { kind: "any", objects };
}

/**
 * Schedules a Dag when all of the assets have been updated since its last run.
 *
 * @example
 * ```ts
 * import { allOf, Asset, Dag } from "@airflow-deno/task-runtime";
 *
 * const dag = new Dag("report", { schedule: allOf(new Asset("orders"), new Asset("prices")) });
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` without arguments, or for one that is not an asset
 */
export function allOf(...objects: readonly AssetCondition[]): AssetAll {
  checkConditions("allOf()", objects);
  return { kind: "all", objects };
}

/** Tells whether `value` is an {@linkcode AssetCondition}. */
export function isAssetCondition(value: unknown): value is AssetCondition {
  if (value instanceof Asset || value instanceof AssetAlias) return true;
  return isPlainObject(value) && ["any", "all", "ref"].includes(String(value["kind"]));
}

function checkConditions(what: string, objects: readonly unknown[]): void {
  if (objects.length === 0) throw invalid(what, "it must have at least one asset");
  if (!objects.every(isAssetCondition)) throw invalid(what, "each argument must be an asset");
}

/** Checks Airflow's rule: 1 to 1,500 ASCII characters, not all of them blank. */
function checkName(what: string, name: unknown): asserts name is string {
  const isName = typeof name === "string" && name.trim() !== "" && ASCII.test(name);
  if (isName) return;
  throw invalid(`${what} "${String(name)}"`, "its name must have 1 to 1,500 ASCII characters");
}

/**
 * Normalizes a URI as Airflow does: lower-case scheme, no password, no trailing slash, sorted query,
 * no fragment. A text without a scheme stays as it is.
 */
function normalUri(what: string, uri: unknown): string {
  if (typeof uri !== "string" || !ASCII.test(uri) || uri.trim() === "") {
    throw invalid(what, "its URI must have 1 to 1,500 ASCII characters");
  }
  const parts = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i.exec(uri);
  const [, given = "", authority, path = "", query = ""] = parts ?? [];
  const scheme = given.toLowerCase();
  if (scheme === "" || scheme.startsWith("x-")) return uri;
  if (scheme === "airflow") {
    throw invalid(what, 'Airflow reserves the URI scheme "airflow"');
  }
  const host = /^[^@]*:/.test(authority ?? "") ? authority?.replace(/^.*@/, "") : authority;
  const sorted = new URLSearchParams(
    [...new URLSearchParams(query)].filter(([, value]) => value !== ""),
  );
  sorted.sort();
  const search = String(sorted) === "" ? "" : `?${sorted}`;
  const front = authority === undefined ? "" : `//${host}`;
  return `${scheme}:${front}${path.replace(/\/+$/, "") || "/"}${search}`;
}
