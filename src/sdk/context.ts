/**
 * The context of a running task.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { JsonValue } from "../protocol/value.ts";
import type { Assets } from "./assets.ts";
import type { Connections } from "./connections.ts";
import type { DagRun, DagRuns } from "./dag_runs.ts";
import type { Dags } from "./dags.ts";
import type { Logger } from "./logger.ts";
import type { Outlets } from "./outlets.ts";
import type { TaskStateStore } from "./state.ts";
import type { TaskInstances } from "./tasks.ts";
import type { Duration } from "./time.ts";
import type { Variables } from "./variables.ts";
import type { XComs } from "./xcoms.ts";

/** A running task instance. */
export interface TaskInstance {
  /** The UUID of the instance; each try has another one. */
  readonly id: string;
  /** The id of its Dag. */
  readonly dagId: string;
  /** The id of its task. */
  readonly taskId: string;
  /** The id of its Dag run. */
  readonly runId: string;
  /** The number of the try, from 1. */
  readonly tryNumber: number;
  /** The map index of a mapped task; -1 for other tasks. */
  readonly mapIndex: number;
  /** The queue of the task. */
  readonly queue: string;
  /** The host name of the worker; null when Airflow does not send it. */
  readonly hostname: string | null;
}

/** A task to skip: its id, or its id and the map index of one instance. */
export type SkippedTask = string | readonly [taskId: string, mapIndex: number];

/**
 * The second argument of a handler: the running task instance, and the requests to Airflow.
 *
 * What a read returns when Airflow has no value, and what `{ default }` changes:
 *
 * | read                      | missing                                   | with `{ default: x }` |
 * | ------------------------- | ----------------------------------------- | --------------------- |
 * | `connections.get(id)`     | throws `NOT_FOUND`                        | `x`                   |
 * | `variables.get(key)`      | throws `NOT_FOUND`                        | `x`                   |
 * | `variables.getJson(key)`  | throws `NOT_FOUND`                        | `x`                   |
 * | `xcoms.item(task, n)`     | throws `NOT_FOUND`                        | `x`                   |
 * | `xcoms.pull(task)`        | `null`, as for an XCom whose value is null | `x`                   |
 * | `state.get(key)`          | `undefined`                               | `x`                   |
 * | `dagRuns.previous()` …    | `null`                                    |                       |
 * | `dagRuns.get()`, `dags.get()`, `assets.get().read()` | throws `NOT_FOUND` |             |
 *
 * `{ default: undefined }` returns undefined.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   await ctx.setExecutionTimeout({ minutes: 10 });
 *   const table = `orders_${ctx.mapIndex}`;
 *   await ctx.setMapIndexLabel(table);
 *   await ctx.setRenderedFields({ sql: `select * from ${table}` });
 *   const response = await fetch(`https://warehouse.example/${table}`, { signal: ctx.signal });
 *   if (response.status === 204) ctx.skipDownstream("publish", ["check", ctx.mapIndex]);
 * });
 * ```
 */
export interface TaskContext {
  /** The running task instance. */
  readonly ti: TaskInstance;
  /** The Dag run of the task. */
  readonly dagRun: DagRun;
  /** The id of the Dag; the same as `ti.dagId`. */
  readonly dagId: string;
  /** The id of the task, group prefixes included; the same as `ti.taskId`. */
  readonly taskId: string;
  /** The id of the Dag run; the same as `ti.runId`. */
  readonly runId: string;
  /** The number of the try, from 1; the same as `ti.tryNumber`. */
  readonly tryNumber: number;
  /** The map index of a mapped task, or -1; the same as `ti.mapIndex`. */
  readonly mapIndex: number;
  /** The logical date of the Dag run, or null; the same as `dagRun.logicalDate`. */
  readonly logicalDate: Temporal.Instant | null;
  /**
   * The `conf` of the Dag run. In Dags that this file defines, the defaults of their params come
   * first; Airflow does not send the param defaults of Python Dags to language runtimes.
   */
  readonly params: Readonly<Record<string, JsonValue>>;
  /**
   * Aborted when Airflow terminates the task (SIGTERM), the supervisor is gone, or the execution
   * timeout passes. The runtime ends a handler that still runs three seconds later; after SIGTERM, 60 %
   * of `[core] killed_task_cleanup_time` later, if the worker's environment sets that.
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
  /** Keeps values between the tries of this task instance. */
  readonly state: TaskStateStore;
  /** Reads assets and their events, and keeps values with an asset. */
  readonly assets: Assets;
  /** Emits asset events when the task succeeds. */
  readonly outlets: Outlets;
  /** Reads Dags. */
  readonly dags: Dags;
  /** Reads and triggers Dag runs. */
  readonly dagRuns: DagRuns;
  /** Reads other task instances. */
  readonly tasks: TaskInstances;

  /**
   * Masks a text in the task log from now on (MaskSecret). In an object, masks the texts under names
   * such as `password` or `token`; with a `name`, masks the value only if the name is such a name.
   * Texts of less than 5 characters stay, as in Airflow.
   *
   * @throws {TaskRuntimeError} `INVALID` when the value cannot be sent
   */
  maskSecret(value: unknown, name?: string): Promise<void>;

  /**
   * Skips downstream tasks when this task succeeds (SkipDownstreamTasks): by id, or by
   * `[id, mapIndex]` for one instance of a mapped task. In a mapped task, an id without an index
   * means the instance with its own index.
   *
   * Airflow ignores ids that do not exist. It keeps the list as the XCom `skipmixin_key`.
   *
   * @throws {TaskRuntimeError} `INVALID` for a value that is neither
   */
  skipDownstream(...tasks: readonly SkippedTask[]): void;

  /**
   * Shows `fields` on the task's page in Airflow's UI, under "Rendered Templates"
   * (SetRenderedFields), and replaces earlier ones.
   *
   * @throws {TaskRuntimeError} `INVALID` when they are not JSON
   */
  setRenderedFields(fields: Readonly<Record<string, unknown>>): Promise<void>;

  /**
   * Shows `label`, of 1 to 250 characters, instead of the map index (SetRenderedMapIndex).
   *
   * @throws {TaskRuntimeError} `INVALID` for any other value
   */
  setMapIndexLabel(label: string): Promise<void>;

  /**
   * Limits the time of this run, from now on; a later call replaces the limit. When it passes,
   * {@linkcode TaskContext.signal} is aborted; three seconds later the task fails or is retried, with
   * an error of code `TIMEOUT`. A handler that never awaits cannot be interrupted so: with schema
   * version 2026-10-30, Airflow's supervisor then kills the process (SetExecutionTimeout).
   *
   * @throws {TaskRuntimeError} `INVALID` when it is not a length of time above 0
   */
  setExecutionTimeout(timeout: Duration): Promise<void>;
}

/** The place that holds the context of the running task. */
export interface ContextSlot {
  /** The context; undefined while no task runs. */
  current: TaskContext | undefined;
}

// A process runs one task, so that a plain slot does for which others use async-local storage.
let slot: ContextSlot = { current: undefined };

/** Holds contexts in `other` from now on, for processes that run several tasks. */
export function keepContextIn(other: ContextSlot): void {
  slot = other;
}

/** Sets the context that {@linkcode getContext} returns, until the result is disposed of. */
export function enterContext(ctx: TaskContext): Disposable {
  slot.current = ctx;
  return {
    [Symbol.dispose](): void {
      slot.current = undefined;
    },
  };
}

/**
 * Returns the context of the running task, for functions that do not receive it.
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
    "Cannot get the task context: no task is running. Call getContext() within a handler",
  );
}
