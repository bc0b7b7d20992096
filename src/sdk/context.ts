/**
 * What a handler is given of the world.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { Connections } from "./connections.ts";
import type { Logger } from "./logger.ts";
import type { Variables } from "./variables.ts";
import type { XComs } from "./xcoms.ts";

/** The task instance that runs. */
export interface TaskInstance {
  /** The instance's UUID; another one for each try. */
  readonly id: string;
  /** The id of its Dag. */
  readonly dagId: string;
  /** The id of its task. */
  readonly taskId: string;
  /** The id of its Dag run. */
  readonly runId: string;
  /** The try, counted from 1. */
  readonly tryNumber: number;
  /** Its index when the task is mapped, else -1. */
  readonly mapIndex: number;
  /** The queue it was sent to. */
  readonly queue: string;
  /** The worker's host name, where Airflow tells it. */
  readonly hostname: string | null;
}

/** The Dag run that the task belongs to. */
export interface DagRun {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the run. */
  readonly runId: string;
  /** What started it: `"manual"`, `"scheduled"`, `"asset_triggered"` … */
  readonly runType: string;
  /** The moment the run stands for; null for a run without one. */
  readonly logicalDate: Temporal.Instant | null;
  /** The start of the data interval, inclusive; null for a run without one. */
  readonly dataIntervalStart: Temporal.Instant | null;
  /** The end of the data interval, exclusive; null for a run without one. */
  readonly dataIntervalEnd: Temporal.Instant | null;
  /** The moment from which the run was allowed to start. */
  readonly runAfter: Temporal.Instant;
  /** What the run was triggered with; empty when nothing. */
  readonly conf: Readonly<Record<string, unknown>>;
}

/** What a handler is given: the task it runs for, and the ways to talk with Airflow. */
export interface TaskContext {
  /** The task instance that runs. */
  readonly ti: TaskInstance;
  /** The Dag run that the task belongs to. */
  readonly dagRun: DagRun;
  /** The try, counted from 1; the same as `ti.tryNumber`. */
  readonly tryNumber: number;
  /** The index of a mapped task, else -1; the same as `ti.mapIndex`. */
  readonly mapIndex: number;
  /**
   * Aborted when the task is to end: Airflow asked for it (SIGTERM), or is gone. A handler that
   * still runs three seconds later is ended.
   */
  readonly signal: AbortSignal;
  /** Writes to the task log. */
  readonly log: Logger;
  /** Reads connections. */
  readonly connections: Connections;
  /** Reads and writes variables. */
  readonly variables: Variables;
  /** Reads and writes XComs. */
  readonly xcoms: XComs;
}

// One process runs one task, so a plain slot serves where others need async-local storage.
let current: TaskContext | undefined;

/** Puts `ctx` in place for {@linkcode getContext}; disposing takes it away. For the runtime. */
export function enterContext(ctx: TaskContext): Disposable {
  current = ctx;
  return {
    [Symbol.dispose](): void {
      current = undefined;
    },
  };
}

/**
 * The context of the running task, for code deep in a call stack.
 *
 * @example
 * ```ts
 * import { getContext } from "@airflow-deno/task-runtime";
 *
 * function report(rows: number): void {
 *   getContext().log.info("loaded", { rows });
 * }
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when no task runs
 */
export function getContext(): TaskContext {
  if (current !== undefined) return current;
  throw new TaskRuntimeError(
    "INVALID",
    "Cannot get the task context: no task runs; call getContext() from within a handler",
  );
}
