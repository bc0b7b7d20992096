/**
 * Triggers, which deferred tasks wait for.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type Duration, instantOf, secondsOf, type Timestamp } from "./time.ts";

/** A dotted path of Python names. */
function isClasspath(value: unknown): boolean {
  return typeof value === "string" &&
    /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)+$/u.test(value);
}

/**
 * A trigger of Airflow, of a provider or your own: a Python class that the triggerer runs.
 *
 * Values of `kwargs` may be JSON, `Date` and `Temporal.Instant` (Python's datetime),
 * `Temporal.Duration` without weeks, months and years (timedelta), and `Set`. `Event` is the type of
 * the trigger's event, the author's claim; nothing checks it.
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
  /** The arguments of the class, by name. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** Carries the type of the event; never set. */
  declare readonly event?: Event;

  /**
   * Makes a trigger of the Python class `classpath`, with the arguments `kwargs`.
   *
   * @throws {TaskRuntimeError} `INVALID` when `classpath` is not a dotted Python path
   */
  constructor(classpath: string, kwargs: Readonly<Record<string, unknown>> = {}) {
    if (!isClasspath(classpath)) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot make a trigger of "${classpath}": must be a Python path, such as module.ClassName`,
      );
    }
    this.classpath = classpath;
    this.kwargs = kwargs;
  }
}

/** The package of the triggers of apache-airflow-providers-standard. */
const STANDARD = "airflow.providers.standard.triggers";

/**
 * Makes a trigger that fires at `time`, which is also the event (DateTimeTrigger).
 *
 * @example
 * ```ts
 * import { dateTimeTrigger, defer, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const close = new TaskHandler("shop", "close", defer(
 *   dateTimeTrigger(Temporal.Instant.from("2030-01-01T18:00:00Z")),
 *   (time, ctx) => ctx.log.info("closing", { at: time.toString() }),
 * ));
 * ```
 */
export function dateTimeTrigger(time: Timestamp): Trigger<Temporal.Instant> {
  return new Trigger(`${STANDARD}.temporal.DateTimeTrigger`, {
    moment: instantOf(time, "Cannot wait for a time"),
  });
}

/**
 * Makes a trigger that fires after `duration`, counted from now; the event is the time at which it
 * fired (DateTimeTrigger, as TimeDeltaTrigger does).
 *
 * @example
 * ```ts
 * import { defer, TaskHandler, timeDeltaTrigger } from "@airflow-deno/task-runtime";
 *
 * const cool = new TaskHandler("oven", "cool", defer(
 *   () => timeDeltaTrigger({ minutes: 10 }), // a function, since the time counts from the call
 *   (_time, ctx) => ctx.log.info("cool enough"),
 * ));
 * ```
 */
export function timeDeltaTrigger(duration: Duration): Trigger<Temporal.Instant> {
  const nanoseconds = Math.round(secondsOf(duration, "Cannot wait", "duration") * 1e9);
  return dateTimeTrigger(Temporal.Now.instant().add({ nanoseconds }));
}

/** The options of {@linkcode fileTrigger}. */
export interface FileTriggerOptions {
  /** The path of a file or directory on the triggerer's host, or a pattern with `*`. */
  filepath: string;
  /** Matches `**` in the pattern across directories; false by default. */
  recursive?: boolean;
  /** The time between two pokes; 5 seconds by default. */
  pokeInterval?: Duration;
}

/**
 * Makes a trigger that fires with true when the file exists, or a file in the directory
 * (FileTrigger).
 *
 * @example
 * ```ts
 * import { defer, fileTrigger, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", defer(
 *   fileTrigger({ filepath: "/data/in/*.csv" }),
 *   (_found, ctx) => ctx.log.info("loading"),
 * ));
 * ```
 */
export function fileTrigger(options: FileTriggerOptions): Trigger<true> {
  return new Trigger(`${STANDARD}.file.FileTrigger`, {
    filepath: options.filepath,
    recursive: options.recursive ?? false,
    poke_interval: secondsOf(options.pokeInterval ?? 5, "Cannot wait for a file", "pokeInterval"),
  });
}

/** The options of {@linkcode externalTaskTrigger}. */
export interface ExternalTaskTriggerOptions {
  /** The id of the other Dag. */
  dagId: string;
  /** The ids of its runs; either these or `logicalDates`. */
  runIds?: readonly string[];
  /** The logical dates of its runs; either these or `runIds`. */
  logicalDates?: readonly Timestamp[];
  /** The ids of the tasks; without them and `taskGroupId`, the trigger waits for whole runs. */
  taskIds?: readonly string[];
  /** The id of the task group. */
  taskGroupId?: string;
  /** The states that all of them must reach; `["success"]` by default. */
  allowedStates?: readonly string[];
  /** The states that fire the event `failed`; `["failed"]` by default. */
  failedStates?: readonly string[];
  /** The states that fire the event `skipped`; none by default. */
  skippedStates?: readonly string[];
  /** The time between two pokes; 2 seconds by default. */
  pokeInterval?: Duration;
}

/** The event of {@linkcode externalTaskTrigger}. */
export interface ExternalTaskEvent {
  /** The result for the runs, tasks or task group. */
  readonly status: "success" | "failed" | "skipped";
}

/**
 * Makes a trigger that fires when runs, tasks or a task group of another Dag have reached one of the
 * states (WorkflowTrigger, which ExternalTaskSensor uses).
 *
 * @throws {TaskRuntimeError} `INVALID` unless exactly one of `runIds` and `logicalDates` is set:
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
    throw new TaskRuntimeError("INVALID", `${problem}: set either "runIds" or "logicalDates"`);
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
    poke_interval: secondsOf(options.pokeInterval ?? 2, problem, "pokeInterval"),
  });
}
