/**
 * The asset events that a task emits.
 *
 * @module
 */
import type { AssetRef } from "./assets.ts";

/** An asset that need not exist yet, by name and URI. */
export interface NewAsset {
  /** Its name. */
  readonly name: string;
  /** Its URI. */
  readonly uri: string;
}

/** The options of {@linkcode Outlets.add}. */
export interface OutletOptions {
  /** The key of the updated partition; that of the Dag run by default. */
  partitionKey?: string;
}

/** The extra of an asset event: a JSON object. */
export type OutletExtra = Readonly<Record<string, unknown>>;

/** Emits events through an asset alias: `ctx.outlets.alias(name)`. */
export interface AliasOutlets {
  /**
   * Emits an event of `asset`, which becomes one of the alias's assets. Airflow creates the asset
   * when it does not exist.
   *
   * @throws {TaskRuntimeError} `INVALID` when the name or URI is missing, or `extra` is not JSON
   */
  add(asset: NewAsset, extra?: OutletExtra): void;
}

/**
 * Emits asset events when the task succeeds, and only then: `ctx.outlets`.
 *
 * A string is the name of an asset. For an asset without a name or a URI, the runtime reads the
 * other part from Airflow; the task fails if the asset does not exist. Airflow ignores, with a
 * warning in its own log, an asset that no Dag uses.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", (_args, ctx) => {
 *   ctx.outlets.add("orders", { rows: 42 });
 *   ctx.outlets.alias("daily").add({ name: "report", uri: "s3://reports/today" });
 * }, { outlets: ["orders"] });
 * ```
 */
export interface Outlets {
  /**
   * Emits an event of `asset` when the task succeeds (SucceedTask).
   *
   * @throws {TaskRuntimeError} `INVALID` when name and URI are missing, or `extra` is not JSON
   */
  add(asset: AssetRef, extra?: OutletExtra, options?: OutletOptions): void;

  /**
   * Returns an asset alias to emit events through.
   *
   * @throws {TaskRuntimeError} `INVALID` for an empty name
   */
  alias(name: string): AliasOutlets;

  /**
   * Checks that the inlets and outlets of the task in the Dag are active, as Airflow does before a
   * Python task (ValidateInletsAndOutlets). The runtime calls it before a handler with the option
   * `outlets`.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when one is not active
   */
  validate(): Promise<void>;
}
