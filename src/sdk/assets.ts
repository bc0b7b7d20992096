/**
 * Airflow's assets and their events.
 *
 * @module
 */
import type { JsonObject } from "../protocol/value.ts";
import type { Moment } from "./moment.ts";
import type { AssetStateStore } from "./state.ts";

/** What an asset is named by; a plain text stands for its name. */
export type AssetRef =
  | string
  | { readonly name: string; readonly uri?: string }
  | { readonly name?: string; readonly uri: string };

/** An asset as Airflow knows it. */
export interface AssetDetails {
  /** Its name. */
  readonly name: string;
  /** Its URI. */
  readonly uri: string;
  /** Its group; `"asset"` unless the Dag says otherwise. */
  readonly group: string;
  /** What the Dag says of it; empty when nothing. */
  readonly extra: JsonObject;
}

/** A Dag run that an asset event started. */
export interface AssetEventDagRun {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** Its state when the event was read. */
  readonly state: string;
}

/** Where an asset event comes from; each part is null when no task emitted it. */
export interface AssetEventSource {
  /** The id of the Dag. */
  readonly dagId: string | null;
  /** The id of the Dag run. */
  readonly runId: string | null;
  /** The id of the task. */
  readonly taskId: string | null;
  /** The index of the mapped task, -1 of one that is not. */
  readonly mapIndex: number | null;
}

/** That an asset was updated. */
export interface AssetEvent {
  /** Its id. */
  readonly id: number;
  /** When it happened. */
  readonly timestamp: Temporal.Instant;
  /** The asset. */
  readonly asset: AssetDetails;
  /** What was said with it; empty when nothing. */
  readonly extra: JsonObject;
  /** The task that emitted it. */
  readonly source: AssetEventSource;
  /** The partition that was updated; null when none is named. */
  readonly partitionKey: string | null;
  /** The Dag runs that it started. */
  readonly createdDagRuns: readonly AssetEventDagRun[];
}

/** An asset event that led to the Dag run of the task: `ctx.dagRun.consumedAssetEvents`. */
export interface ConsumedAssetEvent {
  /** When it happened. */
  readonly timestamp: Temporal.Instant;
  /** The asset, by name and URI, and what its Dag says of it. */
  readonly asset: Omit<AssetDetails, "group">;
  /** What was said with it. */
  readonly extra: JsonObject;
  /** The task that emitted it. */
  readonly source: AssetEventSource;
  /** The names of the aliases that it came through. */
  readonly aliases: readonly string[];
  /** The partition that was updated; null when none is named. */
  readonly partitionKey: string | null;
}

/** Which events of an asset or alias to read, and in which order. */
export interface AssetEventOptions {
  /** Only events at or after this time. */
  after?: Moment;
  /** Only events at or before this time. */
  before?: Moment;
  /** At most this many; a whole number of at least 1. */
  limit?: number;
  /** Oldest first; true by default. */
  ascending?: boolean;
  /** Only events of this partition; since Airflow 3.4. */
  partitionKey?: string;
  /** Only events of partitions whose key matches this regular expression; since Airflow 3.4. */
  partitionKeyPattern?: string;
  /** Only events whose extra has these entries; since Airflow 3.4. */
  extra?: Readonly<Record<string, string>>;
}

/** One asset: `ctx.assets.get("orders")`; nothing is asked until a method is called. */
export interface AssetHandle {
  /** Its state store, kept across Dag runs. */
  readonly state: AssetStateStore;

  /**
   * Reads the asset (GetAssetByName, GetAssetByUri).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none
   */
  read(): Promise<AssetDetails>;

  /**
   * Its events (GetAssetEventByAsset), asked for with one request when the iteration begins.
   *
   * @throws {TaskRuntimeError} `UNSUPPORTED` for a filter that needs the newer schema date
   */
  events(options?: AssetEventOptions): AsyncIterable<AssetEvent>;
}

/** One asset alias: `ctx.assets.alias("orders-of-today")`. */
export interface AssetAliasHandle {
  /** Reads the assets that the alias stands for (GetAssetsByAlias); none for an unknown alias. */
  read(): Promise<readonly AssetDetails[]>;

  /**
   * The events that came through the alias (GetAssetEventByAssetAlias), asked for with one request
   * when the iteration begins.
   *
   * @throws {TaskRuntimeError} `UNSUPPORTED` for a filter that needs the newer schema date
   */
  events(options?: AssetEventOptions): AsyncIterable<AssetEvent>;
}

/**
 * Assets, by name, URI and alias: `ctx.assets`.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const report = new TaskHandler("etl", "report", async (_args, ctx) => {
 *   const orders = ctx.assets.get("orders");
 *   const mark = await orders.state.get<string>("mark");
 *   const since = mark === undefined ? {} : { after: new Date(mark) };
 *   for await (const event of orders.events(since)) {
 *     ctx.log.info("updated", { by: event.source.taskId, rows: event.extra["rows"] });
 *     await orders.state.set("mark", event.timestamp.toString());
 *   }
 * });
 * ```
 */
export interface Assets {
  /**
   * An asset by its name, or by its URI: `get("orders")`, `get({ uri: "s3://orders" })`.
   *
   * @throws {TaskRuntimeError} `INVALID` when neither is given
   */
  get(asset: AssetRef): AssetHandle;

  /**
   * An asset alias by its name.
   *
   * @throws {TaskRuntimeError} `INVALID` for an empty name
   */
  alias(name: string): AssetAliasHandle;
}
