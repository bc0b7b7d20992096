/**
 * When a Dag run is late.
 *
 * @module
 */
import type { Moment } from "../moment.ts";
import type { Duration } from "./duration.ts";

/**
 * When a Dag run is late, and the Python callback that Airflow's triggerer calls then.
 */
export interface Deadline {
  /** Its name, in the UI. */
  readonly name?: string;
  /** From when the time counts. */
  readonly reference: DeadlineReference;
  /** How long after that a run is late. */
  readonly interval: Duration;
  /** What is called. */
  readonly callback: DeadlineCallback;
}

/** From when the time of a {@linkcode Deadline} counts. */
export type DeadlineReference =
  | "logical-date"
  | "queued-at"
  | { readonly at: Moment }
  | { readonly averageRuntimeOf: number; readonly minRuns?: number };

/** A Python function that can be awaited, run by Airflow's triggerer. */
export interface DeadlineCallback {
  /** Its import path. */
  readonly path: string;
  /** What it is called with, by name: JSON. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** The queue of triggers that it waits in, where `[triggerer] queues_enabled` is set. */
  readonly queue?: string;
}
