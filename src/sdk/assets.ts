/**
 * Airflow's assets and their events.
 *
 * @module
 */
import type { JsonObject } from "../protocol/value.ts";
import type { Timestamp } from "./time.ts";
import type { AssetStateStore } from "./state.ts";

/** An asset: its name, or its name, its URI or both. */
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
  /** Its group; `"asset"` by default. */
  readonly group: string;
  /** The extra of its definition; empty by default. */
  readonly extra: JsonObject;
}

/** A Dag run that an asset event triggered. */
export interface AssetEventDagRun {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** Its state when the event was read. */
  readonly state: string;
}

/** The task that emitted an asset event; each part is null when no task did. */
export interface AssetEventSource {
  /** The id of the Dag. */
  readonly dagId: string | null;
  /** The id of the Dag run. */
  readonly runId: string | null;
  /** The id of the task. */
  readonly taskId: string | null;
  /** The map index of the task; -1 for a task that is not mapped. */
  readonly mapIndex: number | null;
}

/** An update of an asset. */
export interface AssetEvent {
  /** Its id. */
  readonly id: number;
  /** The time of the update. */
  readonly timestamp: Temporal.Instant;
  /** The asset. */
  readonly asset: AssetDetails;
  /** The extra of the event; empty by default. */
  readonly extra: JsonObject;
  /** The task that emitted it. */
  readonly source: AssetEventSource;
  /** The key of the updated partition; null without one. */
  readonly partitionKey: string | null;
  /** The Dag runs that it triggered. */
  readonly createdDagRuns: readonly AssetEventDagRun[];
}

/** An asset event that triggered the Dag run: `ctx.dagRun.triggeringAssetEvents`. */
export interface TriggeringAssetEvent {
  /** The time of the update. */
  readonly timestamp: Temporal.Instant;
  /** The asset. */
  readonly asset: Omit<AssetDetails, "group">;
  /** The extra of the event. */
  readonly extra: JsonObject;
  /** The task that emitted it. */
  readonly source: AssetEventSource;
  /** The names of the asset aliases through which it was emitted. */
  readonly aliases: readonly string[];
  /** The key of the updated partition; null without one. */
  readonly partitionKey: string | null;
}

/** A filter of asset events, and their order. */
export interface AssetEventOptions {
  /** Only events at or after this time. */
  after?: Timestamp;
  /** Only events at or before this time. */
  before?: Timestamp;
  /** The largest number of events; a whole number of at least 1. */
  limit?: number;
  /** Sorts the oldest event first; true by default. */
  ascending?: boolean;
  /** Only events of this partition; since Airflow 3.4. */
  partitionKey?: string;
  /** Only events of partitions whose key matches this regular expression; since Airflow 3.4. */
  partitionKeyPattern?: string;
  /** Only events whose extra has these entries; since Airflow 3.4. */
  extra?: Readonly<Record<string, string>>;
}

/** One asset: `ctx.assets.get("orders")`. Only its methods send requests. */
export interface AssetHandle {
  /** Its state store, which keeps values between Dag runs. */
  readonly state: AssetStateStore;

  /**
   * Reads the asset (GetAssetByName, GetAssetByUri).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when it does not exist
   */
  read(): Promise<AssetDetails>;

  /**
   * Reads its events (GetAssetEventByAsset), with one request when the iteration begins.
   *
   * @throws {TaskRuntimeError} `UNSUPPORTED` for a filter that needs schema version 2026-10-30
   */
  events(options?: AssetEventOptions): AsyncIterable<AssetEvent>;
}

/** One asset alias: `ctx.assets.alias("orders-of-today")`. */
export interface AssetAliasHandle {
  /** Reads the assets of the alias (GetAssetsByAlias); an alias that does not exist has none. */
  read(): Promise<readonly AssetDetails[]>;

  /**
   * Reads the events that were emitted through the alias (GetAssetEventByAssetAlias), with one
   * request when the iteration begins.
   *
   * @throws {TaskRuntimeError} `UNSUPPORTED` for a filter that needs schema version 2026-10-30
   */
  events(options?: AssetEventOptions): AsyncIterable<AssetEvent>;
}

/**
 * Reads assets, by name, URI or alias: `ctx.assets`.
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
   * Returns an asset by its name or its URI: `get("orders")`, `get({ uri: "s3://orders" })`.
   *
   * @throws {TaskRuntimeError} `INVALID` when both are missing
   */
  get(asset: AssetRef): AssetHandle;

  /**
   * Returns an asset alias by its name.
   *
   * @throws {TaskRuntimeError} `INVALID` for an empty name
   */
  alias(name: string): AssetAliasHandle;
}
