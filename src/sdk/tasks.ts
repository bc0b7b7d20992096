/**
 * Task instances.
 *
 * @module
 */
import type { TaskInstanceState } from "../protocol/generated.ts";
import type { Moment } from "./moment.ts";

/** Which task instances to look at; of any Dag run unless runs or dates are named. */
export interface TaskInstanceFilter {
  /** The Dag; this task's by default. */
  dagId?: string;
  /** Only these tasks. */
  taskIds?: readonly string[];
  /** Only tasks of this group. */
  taskGroupId?: string;
  /** Only instances of this index. */
  mapIndex?: number;
  /** Only instances of these Dag runs. */
  runIds?: readonly string[];
  /** Only instances of Dag runs of these logical dates. */
  logicalDates?: readonly Moment[];
}

/** Which task instances to count. */
export interface TaskInstanceCountFilter extends TaskInstanceFilter {
  /** Only instances in one of these states. */
  states?: readonly TaskInstanceState[];
}

/** Which task instance to take for the previous one. */
export interface PreviousTaskInstanceOptions {
  /** The Dag; this task's by default. */
  dagId?: string;
  /** The task; this one by default. */
  taskId?: string;
  /** Before which logical date; that of this task's run by default. */
  logicalDate?: Moment;
  /** The index; -1 by default, of a task that is not mapped. */
  mapIndex?: number;
  /** Only an instance in this state. */
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
  /** When it started. */
  readonly startDate: Temporal.Instant | null;
  /** When it ended. */
  readonly endDate: Temporal.Instant | null;
  /** The state it is in. */
  readonly state: string | null;
  /** Its last try, counted from 1. */
  readonly tryNumber: number;
  /** Its index when mapped, else -1. */
  readonly mapIndex: number;
  /** Seconds that it ran. */
  readonly duration: number | null;
}

/** A task instance that has ended, in brief. */
export interface TaskBreadcrumb {
  /** The id of its task. */
  readonly taskId: string;
  /** Its index when mapped, else -1. */
  readonly mapIndex: number;
  /** The state it ended in. */
  readonly state: string | null;
  /** The operator's name. */
  readonly operator: string | null;
  /** Seconds that it ran. */
  readonly duration: number | null;
}

/** The states of task instances by Dag run id, then by task id (`task_index` of a mapped one). */
export type TaskStates = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/**
 * Task instances: `ctx.tasks`.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const report = new TaskHandler("etl", "report", async (_args, ctx) => {
 *   const failed = await ctx.tasks.count({ runIds: [ctx.ti.runId], states: ["failed"] });
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

  /** Reads a task's instance in the Dag run before this one; null when there is none (GetPreviousTI). */
  previous(options?: PreviousTaskInstanceOptions): Promise<PreviousTaskInstance | null>;

  /** Reads the ended task instances of a Dag run, this one by default (GetTaskBreadcrumbs). */
  breadcrumbs(run?: { dagId?: string; runId?: string }): Promise<readonly TaskBreadcrumb[]>;

  /**
   * Reads when this task instance was first rescheduled; null when it was not
   * (GetTaskRescheduleStartDate). `tryNumber` names the try that the schedules began with, 1 by
   * default.
   */
  rescheduleStartDate(tryNumber?: number): Promise<Temporal.Instant | null>;
}
