/**
 * Task instances.
 *
 * @module
 */
import type { TaskInstanceState } from "../protocol/generated.ts";
import type { Timestamp } from "./time.ts";

/** A filter of task instances; without runs or dates, those of every Dag run match. */
export interface TaskInstanceFilter {
  /** The id of the Dag; this task's by default. */
  dagId?: string;
  /** Only these tasks. */
  taskIds?: readonly string[];
  /** Only tasks of this task group. */
  taskGroupId?: string;
  /** Only instances of this map index. */
  mapIndex?: number;
  /** Only instances of these Dag runs. */
  runIds?: readonly string[];
  /** Only instances of Dag runs of these logical dates. */
  logicalDates?: readonly Timestamp[];
}

/** A filter of task instances to count. */
export interface TaskInstanceCountFilter extends TaskInstanceFilter {
  /** Only instances in one of these states. */
  states?: readonly TaskInstanceState[];
}

/** The options of {@linkcode TaskInstances.previous}. */
export interface PreviousTaskInstanceOptions {
  /** The id of the Dag; this task's by default. */
  dagId?: string;
  /** The id of the task; this task's by default. */
  taskId?: string;
  /** The logical date that its run must precede; that of this task's run by default. */
  logicalDate?: Timestamp;
  /** The map index; -1 by default, for a task that is not mapped. */
  mapIndex?: number;
  /** The state that it must have; any by default. */
  state?: TaskInstanceState;
}

/** A task's instance in an earlier Dag run. */
export interface PreviousTaskInstance {
  /** The id of its Dag. */
  readonly dagId: string;
  /** The id of its task. */
  readonly taskId: string;
  /** The id of its Dag run. */
  readonly runId: string;
  /** The logical date of its run. */
  readonly logicalDate: Temporal.Instant | null;
  /** The time when it started. */
  readonly startDate: Temporal.Instant | null;
  /** The time when it finished. */
  readonly endDate: Temporal.Instant | null;
  /** Its state. */
  readonly state: string | null;
  /** The number of its last try, from 1. */
  readonly tryNumber: number;
  /** The map index of a mapped task; -1 for other tasks. */
  readonly mapIndex: number;
  /** Its duration in seconds. */
  readonly duration: number | null;
}

/** A summary of a finished task instance. */
export interface TaskBreadcrumb {
  /** The id of its task. */
  readonly taskId: string;
  /** The map index of a mapped task; -1 for other tasks. */
  readonly mapIndex: number;
  /** Its terminal state. */
  readonly state: string | null;
  /** The operator's name. */
  readonly operator: string | null;
  /** Its duration in seconds. */
  readonly duration: number | null;
}

/** States of task instances by Dag run id, then by task id (`task_index` for mapped ones). */
export type TaskStates = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/**
 * Reads task instances: `ctx.tasks`.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const report = new TaskHandler("etl", "report", async (_args, ctx) => {
 *   const failed = await ctx.tasks.count({ runIds: [ctx.runId], states: ["failed"] });
 *   const before = await ctx.tasks.previous({ state: "success" });
 *   ctx.log.info("so far", { failed, secondsLastTime: before?.duration ?? null });
 * });
 * ```
 */
export interface TaskInstances {
  /** Counts task instances (GetTICount). */
  count(filter?: TaskInstanceCountFilter): Promise<number>;

  /** Reads the states of task instances (GetTaskStates). */
  states(filter?: TaskInstanceFilter): Promise<TaskStates>;

  /** Reads a task's instance in the previous Dag run; null when it does not exist (GetPreviousTI). */
  previous(options?: PreviousTaskInstanceOptions): Promise<PreviousTaskInstance | null>;

  /** Reads the finished task instances of a Dag run, by default this one (GetTaskBreadcrumbs). */
  breadcrumbs(run?: { dagId?: string; runId?: string }): Promise<readonly TaskBreadcrumb[]>;

  /**
   * Reads the time when this task instance was first rescheduled, in the try `tryNumber` or the first;
   * null when it was not (GetTaskRescheduleStartDate).
   */
  rescheduleStartDate(tryNumber?: number): Promise<Temporal.Instant | null>;
}
