/**
 * Assets in a Dag file: what tasks read and write, and what schedules Dags.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import type { JsonObject } from "../../protocol/value.ts";
import type { Trigger } from "../trigger.ts";
import { invalid } from "./checks.ts";

const ASCII = /^\p{ASCII}{1,1500}$/u;

/** What more there is to say of an {@linkcode Asset}. */
export interface AssetOptions {
  /** Its URI; its name by default. */
  uri?: string;
  /** Its group; `"asset"` by default. */
  group?: string;
  /** What to say of it: a JSON object. */
  extra?: JsonObject;
  /** Triggers that Airflow's triggerer runs all the time; each event of one updates the asset. */
  watchers?: readonly AssetWatcher[];
}

/** A trigger that updates an asset. */
export interface AssetWatcher {
  /** Its name. */
  name: string;
  /** One of Airflow's event triggers, by import path. */
  trigger: Trigger;
}

/** What a Dag can be scheduled on, and a task read and write. */
export type AssetCondition = Asset | AssetAlias | AssetReference | AssetAny | AssetAll;

/**
 * An asset, by name and URI.
 *
 * Airflow takes two assets for one when name and URI are the same.
 *
 * @example A Dag that writes an asset, and one that runs when it was written
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
  /** Its name. */
  readonly name: string;
  /** Its URI, in its normal form. */
  readonly uri: string;
  /** Its group. */
  readonly group: string;
  /** What is said of it. */
  readonly extra: JsonObject;
  /** The triggers that update it. */
  readonly watchers: readonly AssetWatcher[];

  /**
   * Names an asset.
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
    if (!isPlainObject(this.extra)) throw invalid(what, '"extra" is no plain object');
    if (typeof this.group !== "string" || this.group === "") {
      throw invalid(what, '"group" is no text');
    }
    this.watchers = [...options.watchers ?? []];
    for (const watcher of this.watchers) {
      if (
        typeof watcher.name === "string" && watcher.name !== "" &&
        typeof watcher.trigger?.classpath === "string"
      ) continue;
      throw invalid(what, "a watcher has a name and a trigger");
    }
  }

  /** An asset that another Dag defines, by name: `Asset.ref("orders")`. */
  static ref(name: string): AssetReference {
    checkName("asset", name);
    return { kind: "ref", name };
  }

  /** An asset that another Dag defines, by URI. */
  static refUri(uri: string): AssetReference {
    return { kind: "ref", uri: normalUri(`asset "${uri}"`, uri) };
  }
}

/**
 * An asset alias: a name that stands for assets which tasks name when they run.
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
  /** Its name. */
  readonly name: string;
  /** Its group. */
  readonly group: string;

  /**
   * Names an alias.
   *
   * @throws {TaskRuntimeError} `INVALID` for a name that Airflow refuses
   */
  constructor(name: string, options: { group?: string } = {}) {
    checkName("asset alias", name);
    this.name = name;
    this.group = options.group ?? "asset";
  }
}

/** An asset that another Dag defines. */
export type AssetReference =
  | { readonly kind: "ref"; readonly name: string }
  | { readonly kind: "ref"; readonly uri: string };

/** One of several assets: {@linkcode anyOf}. */
export interface AssetAny {
  /** Which condition it is. */
  readonly kind: "any";
  /** One of these. */
  readonly objects: readonly AssetCondition[];
}

/** All of several assets: {@linkcode allOf}. */
export interface AssetAll {
  /** Which condition it is. */
  readonly kind: "all";
  /** All of these. */
  readonly objects: readonly AssetCondition[];
}

/**
 * Schedules a Dag when one of the assets was updated.
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
 * @throws {TaskRuntimeError} `INVALID` when there is none, or something else among them
 */
export function anyOf(...objects: readonly AssetCondition[]): AssetAny {
  checkConditions("any of assets", objects);
  return { kind: "any", objects };
}

/**
 * Schedules a Dag when all of the assets were updated since its last run.
 *
 * @example
 * ```ts
 * import { allOf, Asset, Dag } from "@airflow-deno/task-runtime";
 *
 * const dag = new Dag("report", { schedule: allOf(new Asset("orders"), new Asset("prices")) });
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when there is none, or something else among them
 */
export function allOf(...objects: readonly AssetCondition[]): AssetAll {
  checkConditions("all of assets", objects);
  return { kind: "all", objects };
}

/** Tells whether `value` is an asset or a condition of assets. */
export function isAssetCondition(value: unknown): value is AssetCondition {
  if (value instanceof Asset || value instanceof AssetAlias) return true;
  return isPlainObject(value) && ["any", "all", "ref"].includes(String(value["kind"]));
}

function checkConditions(what: string, objects: readonly unknown[]): void {
  if (objects.length === 0) throw invalid(what, "there is none");
  if (!objects.every(isAssetCondition)) throw invalid(what, "one of them is no asset");
}

/** Airflow's rule: ASCII, no blank name, at most 1,500 characters. */
function checkName(what: string, name: unknown): asserts name is string {
  const isName = typeof name === "string" && name.trim() !== "" && ASCII.test(name);
  if (!isName) throw invalid(`${what} "${String(name)}"`, "a name has 1 to 1,500 ASCII characters");
}

/**
 * The URI as Airflow writes it: the scheme in small letters, no password, no slash at the end but
 * the only one, the query in order, no fragment. What has no scheme stays as it is.
 */
function normalUri(what: string, uri: unknown): string {
  if (typeof uri !== "string" || !ASCII.test(uri) || uri.trim() === "") {
    throw invalid(what, "a URI has 1 to 1,500 ASCII characters");
  }
  const parts = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i.exec(uri);
  const [, given = "", authority, path = "", query = ""] = parts ?? [];
  const scheme = given.toLowerCase();
  if (scheme === "" || scheme.startsWith("x-")) return uri;
  if (scheme === "airflow") {
    throw invalid(what, 'Airflow keeps URIs of the scheme "airflow" to itself');
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
