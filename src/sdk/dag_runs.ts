/**
 * Dag runs.
 *
 * @module
 */
import type { JsonObject } from "../protocol/value.ts";
import type { Duration, Timestamp } from "./time.ts";
import type { TriggeringAssetEvent } from "./assets.ts";

/** A Dag run. */
export interface DagRun {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** Its type: `"manual"`, `"scheduled"`, `"asset_triggered"` … */
  readonly runType: string;
  /** Its state when it was read: `"queued"`, `"running"`, `"success"` or `"failed"`. */
  readonly state: string;
  /** Its logical date; null for a run without one. */
  readonly logicalDate: Temporal.Instant | null;
  /** The start of the data interval, inclusive; null for a run without one. */
  readonly dataIntervalStart: Temporal.Instant | null;
  /** The end of the data interval, exclusive; null for a run without one. */
  readonly dataIntervalEnd: Temporal.Instant | null;
  /** The time from which the run may start. */
  readonly runAfter: Temporal.Instant;
  /** The time when it started; null before that. */
  readonly startDate: Temporal.Instant | null;
  /** The time when it finished; null before that. */
  readonly endDate: Temporal.Instant | null;
  /** The configuration that it was triggered with; empty by default. */
  readonly conf: JsonObject;
  /** Its note; null without one. */
  readonly note: string | null;
  /** The user who triggered it; null for a run that no user triggered. */
  readonly triggeringUserName: string | null;
  /** Its partition; null without one. */
  readonly partitionKey: string | null;
  /** The asset events that triggered it; empty unless assets schedule the Dag. */
  readonly triggeringAssetEvents: readonly TriggeringAssetEvent[];
}

/** A filter of Dag runs. */
export interface DagRunFilter {
  /** Only these runs. */
  runIds?: readonly string[];
  /** Only runs of these logical dates. */
  logicalDates?: readonly Timestamp[];
  /** Only runs in one of these states. */
  states?: readonly string[];
}

/** The options of {@linkcode DagRuns.previous}. */
export interface PreviousDagRunOptions {
  /** The id of the Dag; this task's by default. */
  dagId?: string;
  /** The logical date that the run must precede; that of this task's run by default. */
  logicalDate?: Timestamp;
  /** The state that the run must have; any by default. */
  state?: string;
}

/** The dates of a Dag's last successful run. */
export interface SuccessfulDagRun {
  /** The start of its data interval, inclusive. */
  readonly dataIntervalStart: Temporal.Instant | null;
  /** The end of its data interval, exclusive. */
  readonly dataIntervalEnd: Temporal.Instant | null;
  /** The time when it started. */
  readonly startDate: Temporal.Instant | null;
  /** The time when it finished. */
  readonly endDate: Temporal.Instant | null;
}

/** The options of {@linkcode DagRuns.wait}. */
export interface WaitOptions {
  /** The time between two requests for the run's state, above 0; a minute by default, as in Airflow. */
  pollInterval?: Duration;
  /** The longest wait; no limit by default. */
  timeout?: Duration;
  /** The states that end the wait; `["success"]` by default. */
  allowedStates?: readonly string[];
  /** The states that end the wait with an error; `["failed"]` by default. */
  failedStates?: readonly string[];
}

/** The options of {@linkcode DagRuns.trigger}, with the names of Airflow's TriggerDagRunOperator. */
export interface TriggerOptions {
  /** The id of the Dag. */
  dagId: string;
  /** The id of the new run; `manual__<time>_<random>` by default. */
  runId?: string;
  /** The configuration of the run: a JSON object. */
  conf?: Readonly<Record<string, unknown>>;
  /** The logical date of the run; none by default. */
  logicalDate?: Timestamp;
  /** The time from which the run may start; now by default. */
  runAfter?: Timestamp;
  /** Clears an existing run of this id and runs it again. */
  resetDagRun?: boolean;
  /** The note on the run. */
  note?: string;
  /** The partition of the run. */
  partitionKey?: string;
  /** Throws {@linkcode SkipTask} when a run of this id exists; by default the task fails. */
  skipWhenAlreadyExists?: boolean;
  /** Waits until the run has finished; `true` waits with the default options. */
  waitForCompletion?: boolean | WaitOptions;
}

/** A Dag run that was triggered. */
export interface TriggeredDagRun {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** The state in which it finished; null without `waitForCompletion`. */
  readonly state: string | null;
}

/**
 * Reads and triggers Dag runs: `ctx.dagRuns`.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const backfill = new TaskHandler("etl", "backfill", async (_args, ctx) => {
 *   const last = await ctx.dagRuns.previous({ state: "success" });
 *   const { runId } = await ctx.dagRuns.trigger({
 *     dagId: "cleanup",
 *     conf: { since: last?.logicalDate?.toString() ?? null },
 *     waitForCompletion: { pollInterval: 10, timeout: { minutes: 10 } },
 *   });
 *   ctx.log.info("cleaned up", { runId });
 * });
 * ```
 */
export interface DagRuns {
  /**
   * Reads a Dag run (GetDagRun).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when it does not exist
   */
  get(dagId: string, runId: string): Promise<DagRun>;

  /**
   * Reads the state of a Dag run: `"queued"`, `"running"`, `"success"` or `"failed"`
   * (GetDagRunState).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when it does not exist
   */
  state(dagId: string, runId: string): Promise<string>;

  /** Counts the runs of a Dag that match the filter (GetDRCount). */
  count(dagId: string, filter?: DagRunFilter): Promise<number>;

  /**
   * Reads the Dag run with the latest earlier logical date; null when there is no such run, or this
   * one has no logical date (GetPreviousDagRun).
   */
  previous(options?: PreviousDagRunOptions): Promise<DagRun | null>;

  /** Reads the dates of this Dag's last successful run; null without one (GetPrevSuccessfulDagRun). */
  previousSuccessful(): Promise<SuccessfulDagRun | null>;

  /**
   * Triggers a Dag run (TriggerDagRun), and waits until it has finished if `waitForCompletion` is set
   * (GetDagRunState).
   *
   * @throws {TaskRuntimeError} `CONFLICT` when a run of this id exists, or the run reached one of the
   * `failedStates`; `NOT_FOUND` when the Dag does not exist; `TIMEOUT` when the wait took longer than
   * its timeout; `INVALID` when an option is not valid
   * @throws {SkipTask} with `skipWhenAlreadyExists`, when a run of this id exists
   */
  trigger(options: TriggerOptions): Promise<TriggeredDagRun>;

  /**
   * Waits until a Dag run has finished, and resolves to its state (GetDagRunState).
   *
   * @throws {TaskRuntimeError} `CONFLICT` when it reached one of the `failedStates`; `TIMEOUT` when
   * the wait took longer than its timeout; `NOT_FOUND` when the run does not exist; `INVALID` when an
   * option is not valid
   */
  wait(dagId: string, runId: string, options?: WaitOptions): Promise<string>;

  /**
   * Sets the note on this task's Dag run; an empty text removes it (UpdateDagRunNote).
   *
   * @throws {TaskRuntimeError} `UNSUPPORTED` unless the bundle has schema version 2026-10-30
   * (Airflow 3.4)
   */
  setNote(note: string): Promise<void>;
}
