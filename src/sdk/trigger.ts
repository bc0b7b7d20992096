/**
 * What a deferred task waits for.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { instantOf, type Moment, secondsOf } from "./moment.ts";

/** A dotted path of Python names. */
function isClasspath(value: unknown): boolean {
  return typeof value === "string" &&
    /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)+$/u.test(value);
}

/**
 * Any of Airflow's triggers, of a provider or your own: a Python class that the triggerer runs.
 *
 * The values of `kwargs` are JSON, `Date` and `Temporal.Instant` (Python's datetime),
 * `Temporal.Duration` of days or less (timedelta) and `Set`. `Event` is what the author expects the
 * trigger to fire with; nothing checks it.
 *
 * @example
 * ```ts
 * import { Trigger } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const trigger = new Trigger<{ status: string }>("my_company.triggers.JobTrigger", { job_id: 7 });
 * assertEquals(trigger.kwargs, { job_id: 7 });
 * ```
 */
export class Trigger<Event = unknown> {
  /** The import path of the Python class. */
  readonly classpath: string;
  /** What the class is made with, by name. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** Holds the type of the event; never set. */
  declare readonly event?: Event;

  /**
   * Names the Python class `classpath`, made with `kwargs`.
   *
   * @throws {TaskRuntimeError} `INVALID` when `classpath` is no dotted Python path
   */
  constructor(classpath: string, kwargs: Readonly<Record<string, unknown>> = {}) {
    if (!isClasspath(classpath)) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot make a trigger of "${classpath}": it is no Python path, such as module.ClassName`,
      );
    }
    this.classpath = classpath;
    this.kwargs = kwargs;
  }
}

/** Where the triggers of apache-airflow-providers-standard are. */
const STANDARD = "airflow.providers.standard.triggers";

/**
 * Fires at `moment`, which is the event too (DateTimeTrigger).
 *
 * @example
 * ```ts
 * import { dateTimeTrigger, defer, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const close = new TaskHandler("shop", "close", defer(
 *   dateTimeTrigger(Temporal.Instant.from("2030-01-01T18:00:00Z")),
 *   (moment, ctx) => ctx.log.info("closing", { at: moment.toString() }),
 * ));
 * ```
 */
export function dateTimeTrigger(moment: Moment): Trigger<Temporal.Instant> {
  return new Trigger(`${STANDARD}.temporal.DateTimeTrigger`, {
    moment: instantOf(moment, "Cannot wait for a moment"),
  });
}

/**
 * Fires `seconds` from now; the event is the moment (DateTimeTrigger, as TimeDeltaTrigger does).
 *
 * @example
 * ```ts
 * import { defer, TaskHandler, timeDeltaTrigger } from "@airflow-deno/task-runtime";
 *
 * const cool = new TaskHandler("oven", "cool", defer(
 *   () => timeDeltaTrigger(600), // from when the task runs, not from when the bundle is loaded
 *   (_moment, ctx) => ctx.log.info("cool enough"),
 * ));
 * ```
 */
export function timeDeltaTrigger(seconds: number): Trigger<Temporal.Instant> {
  const nanoseconds = Math.round(secondsOf(seconds, "Cannot wait") * 1e9);
  return dateTimeTrigger(Temporal.Now.instant().add({ nanoseconds }));
}

/** Which file to wait for. */
export interface FileTriggerOptions {
  /** The path, or a pattern with `*`, as the triggerer's host sees it. */
  filepath: string;
  /** Whether `**` in the pattern goes through folders; false by default. */
  recursive?: boolean;
  /** Seconds between two looks; 5 by default. */
  pokeInterval?: number;
}

/**
 * Fires, with true, once the file is there, or a file in the folder of that path (FileTrigger).
 *
 * @example
 * ```ts
 * import { defer, fileTrigger, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", defer(
 *   fileTrigger({ filepath: "/data/in/*.csv" }),
 *   (_there, ctx) => ctx.log.info("loading"),
 * ));
 * ```
 */
export function fileTrigger(options: FileTriggerOptions): Trigger<true> {
  return new Trigger(`${STANDARD}.file.FileTrigger`, {
    filepath: options.filepath,
    recursive: options.recursive ?? false,
    poke_interval: secondsOf(options.pokeInterval ?? 5, "Cannot wait for a file"),
  });
}

/** Which runs of another Dag to wait for, and what in them. */
export interface ExternalTaskTriggerOptions {
  /** The other Dag. */
  dagId: string;
  /** Runs of the other Dag by id; either these or `logicalDates`. */
  runIds?: readonly string[];
  /** Runs of the other Dag by logical date; either these or `runIds`. */
  logicalDates?: readonly Moment[];
  /** The tasks to wait for; without them and `taskGroupId`, the runs as a whole. */
  taskIds?: readonly string[];
  /** The task group to wait for. */
  taskGroupId?: string;
  /** The states that all must reach; success by default. */
  allowedStates?: readonly string[];
  /** States of which one fires `failed`; failed by default. */
  failedStates?: readonly string[];
  /** States of which one fires `skipped`; none by default. */
  skippedStates?: readonly string[];
  /** Seconds between two looks; 2 by default. */
  pokeInterval?: number;
}

/** What {@linkcode externalTaskTrigger} fires with. */
export interface ExternalTaskEvent {
  /** What became of the runs or tasks waited for. */
  readonly status: "success" | "failed" | "skipped";
}

/**
 * Fires once runs, tasks or a task group of another Dag have come to one of the states
 * (WorkflowTrigger, the one behind ExternalTaskSensor).
 *
 * @throws {TaskRuntimeError} `INVALID` when not exactly one of `runIds` and `logicalDates` is given:
 * Airflow's trigger would fire at once
 *
 * @example
 * ```ts
 * import { defer, externalTaskTrigger, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const report = new TaskHandler("reports", "daily", defer(
 *   externalTaskTrigger({ dagId: "etl", taskIds: ["load"], runIds: ["scheduled__2030-01-01"] }),
 *   ({ status }, ctx) => ctx.log.info("etl is done", { status }),
 * ));
 * ```
 */
export function externalTaskTrigger(
  options: ExternalTaskTriggerOptions,
): Trigger<ExternalTaskEvent> {
  const { dagId, runIds = [], logicalDates = [] } = options;
  const problem = `Cannot wait for Dag "${dagId}"`;
  if ((runIds.length > 0) === (logicalDates.length > 0)) {
    throw new TaskRuntimeError("INVALID", `${problem}: name its runIds or its logicalDates`);
  }
  return new Trigger(`${STANDARD}.external_task.WorkflowTrigger`, {
    external_dag_id: dagId,
    run_ids: runIds.length > 0 ? runIds : null,
    logical_dates: logicalDates.length > 0
      ? logicalDates.map((date) => instantOf(date, problem))
      : null,
    external_task_ids: options.taskIds ?? null,
    external_task_group_id: options.taskGroupId ?? null,
    allowed_states: options.allowedStates ?? ["success"],
    failed_states: options.failedStates ?? ["failed"],
    skipped_states: options.skippedStates ?? null,
    poke_interval: secondsOf(options.pokeInterval ?? 2, problem),
  });
}
