/**
 * Dag runs and Dags.
 *
 * @module
 */
import type { JsonObject } from "../protocol/value.ts";
import type { Moment } from "./moment.ts";
import type { ConsumedAssetEvent } from "./assets.ts";

/** A Dag run, of the task or another. */
export interface DagRun {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** What started it: `"manual"`, `"scheduled"`, `"asset_triggered"` … */
  readonly runType: string;
  /** `"queued"`, `"running"`, `"success"` or `"failed"`, when it was read. */
  readonly state: string;
  /** The moment the run stands for; null for a run without one. */
  readonly logicalDate: Temporal.Instant | null;
  /** The start of the data interval, inclusive; null for a run without one. */
  readonly dataIntervalStart: Temporal.Instant | null;
  /** The end of the data interval, exclusive; null for a run without one. */
  readonly dataIntervalEnd: Temporal.Instant | null;
  /** The moment from which the run was allowed to start. */
  readonly runAfter: Temporal.Instant;
  /** When it started; null before that. */
  readonly startDate: Temporal.Instant | null;
  /** When it ended; null before that. */
  readonly endDate: Temporal.Instant | null;
  /** What the run was triggered with; empty when nothing. */
  readonly conf: JsonObject;
  /** The note on it; null without one. */
  readonly note: string | null;
  /** The user who triggered it; null when nobody did. */
  readonly triggeringUserName: string | null;
  /** The partition it is for; null without one. */
  readonly partitionKey: string | null;
  /** The asset events that led to it; empty unless assets schedule the Dag. */
  readonly consumedAssetEvents: readonly ConsumedAssetEvent[];
}

/** A Dag as Airflow knows it. */
export interface DagDetails {
  /** Its id. */
  readonly dagId: string;
  /** Whether it is paused, so that its runs wait. */
  readonly isPaused: boolean;
  /** The Dag bundle that it comes from. */
  readonly bundleName: string | null;
  /** The version of that bundle. */
  readonly bundleVersion: string | null;
  /** Its file, relative to the bundle. */
  readonly relativeFileloc: string | null;
  /** Its owners, as text. */
  readonly owners: string | null;
  /** Its tags. */
  readonly tags: readonly string[];
  /** When its next run is due; null without a schedule. */
  readonly nextDagRun: Temporal.Instant | null;
}

/** Which Dag runs to count. */
export interface DagRunFilter {
  /** Only these runs. */
  runIds?: readonly string[];
  /** Only runs of these logical dates. */
  logicalDates?: readonly Moment[];
  /** Only runs in one of these states. */
  states?: readonly string[];
}

/** Which run to take for the previous one. */
export interface PreviousDagRunOptions {
  /** The Dag; this task's by default. */
  dagId?: string;
  /** Before which logical date; that of this task's run by default. */
  logicalDate?: Moment;
  /** Only a run in this state. */
  state?: string;
}

/** The times of the Dag's last successful run. */
export interface SuccessfulDagRun {
  /** The start of its data interval, inclusive. */
  readonly dataIntervalStart: Temporal.Instant | null;
  /** The end of its data interval, exclusive. */
  readonly dataIntervalEnd: Temporal.Instant | null;
  /** When it started. */
  readonly startDate: Temporal.Instant | null;
  /** When it ended. */
  readonly endDate: Temporal.Instant | null;
}

/** How to wait for the end of a Dag run. */
export interface WaitOptions {
  /** Seconds between two looks at the run's state; 60 by default, as in Airflow. */
  pollSeconds?: number;
  /** Seconds to wait at most; without an end by default. */
  timeoutSeconds?: number;
  /** The states that end the wait well; `["success"]` by default. */
  allowedStates?: readonly string[];
  /** The states that end the wait with an error; `["failed"]` by default. */
  failedStates?: readonly string[];
}

/** What to trigger. */
export interface TriggerOptions {
  /** The Dag. */
  dagId: string;
  /** The id of the new run; `manual__<time>_<random>` by default. */
  runId?: string;
  /** What to hand to the run: a JSON object. */
  conf?: Readonly<Record<string, unknown>>;
  /** The moment the run stands for; none by default. */
  logicalDate?: Moment;
  /** The moment from which it may start; at once by default. */
  runAfter?: Moment;
  /** Clears the run and starts it again when there is one of this id. */
  reset?: boolean;
  /** A note on the run. */
  note?: string;
  /** The partition that the run is for. */
  partitionKey?: string;
  /**
   * Throws SkipTask when there is a run of this id already, so that this task ends as
   * skipped unless the handler catches it; as Airflow's `skip_when_already_exists`.
   */
  skipIfExists?: boolean;
  /** Waits until the run has ended; `true` waits by the defaults. */
  waitUntilEnd?: boolean | WaitOptions;
}

/** What became of a trigger. */
export interface TriggeredDagRun {
  /** The Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** The state it ended in; null when it was not waited for. */
  readonly state: string | null;
}

/**
 * Dag runs and Dags: `ctx.dagRuns`.
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
 *     waitUntilEnd: { pollSeconds: 10, timeoutSeconds: 600 },
 *   });
 *   ctx.log.info("cleaned up", { runId });
 * });
 * ```
 */
export interface DagRuns {
  /**
   * Reads a Dag run (GetDagRun).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none
   */
  get(dagId: string, runId: string): Promise<DagRun>;

  /**
   * Reads the state of a Dag run: `"queued"`, `"running"`, `"success"` or `"failed"`
   * (GetDagRunState).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none
   */
  state(dagId: string, runId: string): Promise<string>;

  /** Counts the runs of a Dag, all or those that a filter leaves (GetDRCount). */
  count(dagId: string, filter?: DagRunFilter): Promise<number>;

  /**
   * Reads the Dag run before this one by logical date; null when there is none, or this one has no
   * logical date (GetPreviousDagRun).
   */
  previous(options?: PreviousDagRunOptions): Promise<DagRun | null>;

  /** Reads the times of this Dag's last successful run; null without one (GetPrevSuccessfulDagRun). */
  previousSuccessful(): Promise<SuccessfulDagRun | null>;

  /**
   * Starts a Dag run (TriggerDagRun), and waits for its end if asked to (GetDagRunState).
   *
   * @throws {TaskRuntimeError} `CONFLICT` when there is a run of this id, or when the run waited for
   * ended in one of the `failedStates`; `NOT_FOUND` when there is no such Dag; `TIMEOUT` when the
   * wait took too long; `INVALID` when `conf` is no JSON object
   * @throws {SkipTask} with `skipIfExists`, when there is a run of this id
   */
  trigger(options: TriggerOptions): Promise<TriggeredDagRun>;

  /**
   * Waits until a Dag run has ended, and resolves to its state (GetDagRunState).
   *
   * @throws {TaskRuntimeError} `CONFLICT`, `TIMEOUT` as {@linkcode DagRuns.trigger}; `NOT_FOUND`
   * when there is no such run
   */
  wait(dagId: string, runId: string, options?: WaitOptions): Promise<string>;

  /**
   * Sets the note on this task's Dag run; an empty text removes it (UpdateDagRunNote).
   *
   * @throws {TaskRuntimeError} `UNSUPPORTED` unless the bundle declares the schema date 2026-10-30
   * (Airflow 3.4)
   */
  setNote(note: string): Promise<void>;

  /**
   * Reads a Dag (GetDag).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none
   */
  dag(dagId: string): Promise<DagDetails>;
}
