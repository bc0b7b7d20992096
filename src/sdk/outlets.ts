/**
 * The asset events that a task emits.
 *
 * @module
 */
/**
 * An asset to emit an event of, by name and URI; what `ctx.assets.get(…).read()` gives fits too. A
 * plain text is both, as in Airflow's `Asset("s3://orders")`.
 */
export type OutletAsset = string | { readonly name: string; readonly uri: string };

/** What an event says beside that the asset was updated. */
export interface OutletOptions {
  /** The partition that was updated; the Dag run's own by default. */
  partitionKey?: string;
}

/** What goes with an asset event: a JSON object. */
export type OutletExtra = Readonly<Record<string, unknown>>;

/** Emits events through an asset alias: `ctx.outlets.alias(name)`. */
export interface AliasOutlets {
  /**
   * Emits an event of `asset`, which becomes one of the alias's assets.
   *
   * @throws {TaskRuntimeError} `INVALID` when the asset has no name or URI, or `extra` is no JSON
   */
  add(asset: OutletAsset, extra?: OutletExtra): void;
}

/**
 * The events that Airflow is told when the task succeeds, and only then: `ctx.outlets`.
 *
 * Airflow leaves out, with a warning in its own log, an asset that no Dag uses.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const orders = { name: "orders", uri: "s3://warehouse/orders" };
 * const load = new TaskHandler("etl", "load", (_args, ctx) => {
 *   ctx.outlets.add(orders, { rows: 42 });
 *   ctx.outlets.alias("daily").add({ name: "report", uri: "s3://reports/today" });
 * }, { outlets: [orders] });
 * ```
 */
export interface Outlets {
  /**
   * Emits an event of `asset` when the task succeeds (SucceedTask); `extra` goes with it.
   *
   * @throws {TaskRuntimeError} `INVALID` when the asset has no name or URI, or `extra` is no JSON
   */
  add(asset: OutletAsset, extra?: OutletExtra, options?: OutletOptions): void;

  /**
   * An asset alias to emit events through.
   *
   * @throws {TaskRuntimeError} `INVALID` for an empty name
   */
  alias(name: string): AliasOutlets;

  /**
   * Makes sure that the inlets and outlets which the Dag names for this task are active, as Airflow
   * does before a Python task (ValidateInletsAndOutlets). It is done before the work of a handler
   * that has `outlets` among its options; others call it before theirs.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when one is not, naming it
   */
  validate(): Promise<void>;
}
