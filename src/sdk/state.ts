/**
 * Airflow's state stores, which keep values of a task instance or of an asset.
 *
 * @module
 */
import type { JsonValue } from "../protocol/value.ts";
import type { Duration, Timestamp } from "./time.ts";

/** The options of a read from a state store. */
export interface StateGetOptions<Default> {
  /** The result when the key does not exist. */
  default: Default;
}

/** The options of a write to the task state store. */
export interface StateSetOptions {
  /** The time for which the entry is kept; not together with `expiresAt`. */
  retention?: Duration;
  /** The time at which the entry expires; null for never. */
  expiresAt?: Timestamp | null;
}

/** The state store of an asset: `ctx.assets.get(name).state`. */
export interface AssetStateStore {
  /**
   * Reads the value of `key` (GetAssetStateStoreByName, …ByUri).
   *
   * `T` is the author's claim; nothing checks it. The result is undefined when the key or the asset
   * does not exist.
   */
  get<T = JsonValue>(key: string): Promise<T | undefined>;
  /** Reads the value of `key`, or returns the default. */
  get<T = JsonValue, Default = T>(
    key: string,
    options: StateGetOptions<Default>,
  ): Promise<T | Default>;

  /**
   * Writes the value of `key` (SetAssetStateStoreByName, …ByUri).
   *
   * @throws {TaskRuntimeError} `INVALID` for null and for a value that is not JSON; `NOT_FOUND` when
   * the asset does not exist
   */
  set(key: string, value: unknown): Promise<void>;

  /**
   * Deletes `key`, if it exists (DeleteAssetStateStoreByName, …ByUri).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when the asset does not exist
   */
  delete(key: string): Promise<void>;

  /**
   * Deletes all keys (ClearAssetStateStoreByName, …ByUri).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when the asset does not exist
   */
  clear(): Promise<void>;
}

/**
 * The state store of the running task instance: `ctx.state`.
 *
 * It keeps values between tries, reschedules and deferrals. Other tasks cannot read it.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const extract = new TaskHandler("etl", "extract", async (_args, ctx) => {
 *   const page = await ctx.state.get<number>("page", { default: 1 });
 *   await ctx.state.set("page", page + 1, { retention: { days: 1 } });
 * });
 * ```
 */
export interface TaskStateStore {
  /**
   * Reads the value of `key` (GetTaskStateStore).
   *
   * `T` is the author's claim; nothing checks it. The result is undefined when the key does not exist.
   */
  get<T = JsonValue>(key: string): Promise<T | undefined>;
  /** Reads the value of `key`, or returns the default. */
  get<T = JsonValue, Default = T>(
    key: string,
    options: StateGetOptions<Default>,
  ): Promise<T | Default>;

  /**
   * Writes the value of `key` (SetTaskStateStore).
   *
   * By default Airflow keeps it for `[state_store] default_retention_days`, which the runtime reads
   * from the environment of the worker, or else for 30 days.
   *
   * @throws {TaskRuntimeError} `INVALID` for null, for a value that is not JSON, and for an option
   * that is not valid
   */
  set(key: string, value: unknown, options?: StateSetOptions): Promise<void>;

  /** Deletes `key`, if it exists (DeleteTaskStateStore). */
  delete(key: string): Promise<void>;

  /** Deletes all keys (ClearTaskStateStore). */
  clear(): Promise<void>;
}
