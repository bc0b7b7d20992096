/**
 * What a handler is given of the world.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { JsonValue } from "../protocol/value.ts";
import type { Assets } from "./assets.ts";
import type { SkippedTask } from "./branch.ts";
import type { Connections } from "./connections.ts";
import type { DagRun, DagRuns } from "./dag_runs.ts";
import type { Logger } from "./logger.ts";
import type { Outlets } from "./outlets.ts";
import type { TaskStateStore } from "./state.ts";
import type { TaskInstances } from "./tasks.ts";
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

/**
 * What a handler is given: the task it runs for, and the ways to talk with Airflow.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   await ctx.executionTimeout(600);
 *   const table = `orders_${ctx.mapIndex}`;
 *   await ctx.setMapIndexLabel(table);
 *   await ctx.setRenderedFields({ sql: `select * from ${table}` });
 *   const response = await fetch(`https://warehouse.example/${table}`, { signal: ctx.signal });
 *   if (response.status === 204) ctx.skipDownstream("publish", ["check", ctx.mapIndex]);
 * });
 * ```
 */
export interface TaskContext {
  /** The task instance that runs. */
  readonly ti: TaskInstance;
  /** The Dag run that the task belongs to. */
  readonly dagRun: DagRun;
  /**
   * What the run was triggered with, over the defaults of the params of a Dag that this file defines;
   * those of a Python Dag no runtime is told.
   */
  readonly params: Readonly<Record<string, JsonValue>>;
  /** The try, counted from 1; the same as `ti.tryNumber`. */
  readonly tryNumber: number;
  /** The index of a mapped task, else -1; the same as `ti.mapIndex`. */
  readonly mapIndex: number;
  /**
   * Aborted when the task is to end: Airflow asked for it (SIGTERM), or is gone, or the time set by
   * `executionTimeout()` is over. A handler that still runs three seconds later is ended; after SIGTERM
   * it has 60 % of `[core] killed_task_cleanup_time`, if the worker's environment sets that.
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
  /**
   * Has `***` stand for a text in the task log, from now on (MaskSecret); in a structure, for the
   * texts under names such as `password` or `token`. With a `name`, only if that is one of those;
   * texts of less than 5 characters stay, as in Airflow.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value cannot be sent
   */
  maskSecret(value: unknown, name?: string): Promise<void>;
  /** Keeps values from try to try of this task instance. */
  readonly state: TaskStateStore;
  /** Reads assets and their events, and keeps values with an asset. */
  readonly assets: Assets;
  /** Emits asset events when the task succeeds. */
  readonly outlets: Outlets;
  /** Reads and triggers Dag runs. */
  readonly dagRuns: DagRuns;
  /** Reads other task instances. */
  readonly tasks: TaskInstances;

  /**
   * Has tasks behind this one skipped when it succeeds, and only then (SkipDownstreamTasks): by
   * id, or by `[id, index]` for one instance of a mapped task. From a mapped task an id alone means
   * the instance of its own index.
   *
   * Airflow takes ids that it does not know for no task at all. It keeps what was skipped as the
   * XCom `skipmixin_key`.
   *
   * @throws {TaskRuntimeError} `INVALID` for what is no id and no pair of id and index
   */
  skipDownstream(...tasks: readonly SkippedTask[]): void;

  /**
   * Shows `fields` on the task's page in Airflow's UI, under "Rendered Templates"
   * (SetRenderedFields); replaces what was shown.
   *
   * @throws {TaskRuntimeError} `INVALID` when they are no JSON
   */
  setRenderedFields(fields: Readonly<Record<string, unknown>>): Promise<void>;

  /**
   * Shows `label` in the place of this mapped task's index (SetRenderedMapIndex): 1 to 250
   * characters.
   *
   * @throws {TaskRuntimeError} `INVALID` for any other text
   */
  setMapIndexLabel(label: string): Promise<void>;

  /**
   * Limits the time of this run from now on, in seconds or as a duration; a later call sets another
   * limit. At its end the signal is aborted, and three seconds later the task ends, as failed or for
   * its next try, with an error of code `TIMEOUT`. A handler that never awaits cannot be ended so;
   * with the schema date 2026-10-30 Airflow's supervisor sees to it (SetExecutionTimeout).
   *
   * @throws {TaskRuntimeError} `INVALID` when it is no length of time above 0
   */
  executionTimeout(duration: number | Temporal.Duration): Promise<void>;
}

/** Where the context of the running task lies. */
export interface ContextSlot {
  /** The context; undefined while no task runs. */
  current: TaskContext | undefined;
}

// One process runs one task, so a plain slot serves where others need async-local storage.
let slot: ContextSlot = { current: undefined };

/** Has contexts lie in `other` from now on: where several tasks run in one process. */
export function keepContextIn(other: ContextSlot): void {
  slot = other;
}

/** Puts `ctx` in place for {@linkcode getContext}; disposing takes it away. For the runtime. */
export function enterContext(ctx: TaskContext): Disposable {
  slot.current = ctx;
  return {
    [Symbol.dispose](): void {
      slot.current = undefined;
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
  const { current } = slot;
  if (current !== undefined) return current;
  throw new TaskRuntimeError(
    "INVALID",
    "Cannot get the task context: no task runs; call getContext() from within a handler",
  );
}
