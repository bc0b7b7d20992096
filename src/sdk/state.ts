/**
 * Airflow's state stores: values that outlive a try, of a task instance or of an asset.
 *
 * @module
 */
import type { JsonValue } from "../protocol/value.ts";
import type { Moment } from "./moment.ts";

/** What a read of a state store falls back on. */
export interface StateGetOptions<Default> {
  /** Comes back when there is no such key. */
  default: Default;
}

/** How long an entry of the task state store is kept. */
export interface StateSetOptions {
  /** Seconds from now to the entry's end; not together with `expiresAt`. */
  ttlSeconds?: number;
  /** When the entry ends; null for never. */
  expiresAt?: Moment | null;
}

/** The state store of an asset: `ctx.assets.get(name).state`. */
export interface AssetStateStore {
  /**
   * Reads the value of `key` (GetAssetStateStoreByName, …ByUri).
   *
   * `T` is what the author expects; nothing checks it. Airflow tells a missing key and a missing
   * asset alike.
   */
  get<T = JsonValue>(key: string): Promise<T | undefined>;
  /** Reads the value of `key`, or gives the default. */
  get<T = JsonValue, Default = T>(
    key: string,
    options: StateGetOptions<Default>,
  ): Promise<T | Default>;

  /**
   * Writes the value of `key` (SetAssetStateStoreByName, …ByUri).
   *
   * @throws {TaskRuntimeError} `INVALID` for null and for what is no JSON, before anything is sent;
   * `NOT_FOUND` when there is no such asset
   */
  set(key: string, value: unknown): Promise<void>;

  /**
   * Deletes `key`, whether it is there or not (DeleteAssetStateStoreByName, …ByUri).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is no such asset
   */
  delete(key: string): Promise<void>;

  /**
   * Deletes all keys (ClearAssetStateStoreByName, …ByUri).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is no such asset
   */
  clear(): Promise<void>;
}

/**
 * The state store of the task instance that runs: `ctx.state`.
 *
 * It is kept from try to try, and over reschedules and deferrals; another task cannot see it.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const extract = new TaskHandler("etl", "extract", async (_args, ctx) => {
 *   const page = await ctx.state.get<number>("page", { default: 1 });
 *   await ctx.state.set("page", page + 1, { ttlSeconds: 24 * 60 * 60 });
 * });
 * ```
 */
export interface TaskStateStore {
  /**
   * Reads the value of `key` (GetTaskStateStore).
   *
   * `T` is what the author expects; nothing checks it.
   */
  get<T = JsonValue>(key: string): Promise<T | undefined>;
  /** Reads the value of `key`, or gives the default. */
  get<T = JsonValue, Default = T>(
    key: string,
    options: StateGetOptions<Default>,
  ): Promise<T | Default>;

  /**
   * Writes the value of `key` (SetTaskStateStore).
   *
   * Without an option it is kept for Airflow's `[state_store] default_retention_days`: where the
   * worker tells it (since 3.4, or by the environment) that many, else Airflow's own default of 30.
   *
   * @throws {TaskRuntimeError} `INVALID` for null and for what is no JSON, before anything is sent
   */
  set(key: string, value: unknown, options?: StateSetOptions): Promise<void>;

  /** Deletes `key`, whether it is there or not (DeleteTaskStateStore). */
  delete(key: string): Promise<void>;

  /** Deletes all keys (ClearTaskStateStore). */
  clear(): Promise<void>;
}
