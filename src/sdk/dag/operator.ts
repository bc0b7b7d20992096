/**
 * Tasks that do the work of Airflow's own operators, and look like them in the UI.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { TaskInstanceState } from "../../protocol/generated.ts";
import type { TaskContext } from "../context.ts";
import type { DagRun } from "../dag_runs.ts";
import { FailTask } from "../terminal_state.ts";
import { sensor } from "../sensor.ts";
import { checkAirflowId, invalid } from "./checks.ts";
import { nextCron } from "./cron.ts";
import { timezoneOf } from "./dag_options.ts";
import type { DagDefinition, HandlerWork } from "./definition.ts";
import { type Duration, secondsIn } from "../time.ts";
import { readSchedule, type ScheduleDefinition } from "./schedule.ts";

/** Options of {@linkcode TaskMaker.triggerDagRun}. */
export interface TriggerDagRunOptions {
  /** The id of the Dag. */
  dagId: string;
  /** The id of the new run; `manual__<time>_<random>` by default. */
  runId?: string;
  /** The configuration of the run: a JSON object, or a function that makes one of the context. */
  conf?:
    | Readonly<Record<string, unknown>>
    | ((ctx: TaskContext) => Readonly<Record<string, unknown>>);
  /** Clears a run of the same id and starts it again. */
  resetDagRun?: boolean;
  /** Skips the task if a run of the same id exists; it fails by default. */
  skipWhenAlreadyExists?: boolean;
  /** A note on the run. */
  note?: string;
  /** Waits until the run has completed; false by default. */
  waitForCompletion?: boolean;
  /** The time between two polls of the run's state; a minute by default. */
  pollInterval?: Duration;
  /** The states in which the task succeeds; `["success"]` by default. */
  allowedStates?: readonly string[];
  /** The states in which the task fails; `["failed"]` by default. */
  failedStates?: readonly string[];
}

/** Options of {@linkcode TaskMaker.externalTaskSensor}. */
export interface ExternalTaskSensorOptions {
  /** The id of the Dag. */
  dagId: string;
  /** The ids of the tasks; the whole run by default. */
  taskIds?: readonly string[];
  /** The id of a task group, instead of tasks. */
  taskGroupId?: string;
  /** The time by which the other run's logical date is earlier; 0 by default. */
  executionDelta?: Duration;
  /** The states to wait for; `["success"]` by default. */
  allowedStates?: readonly TaskInstanceState[];
  /** The states in which the task fails immediately. */
  failedStates?: readonly TaskInstanceState[];
  /** The time between two pokes; a minute by default. */
  pokeInterval?: Duration;
  /** The longest wait; 7 days by default. */
  timeout?: Duration;
}

const STANDARD = "airflow.providers.standard";

/**
 * Makes the work of a task that triggers a Dag run. The runtime requests it from the supervisor, as
 * Airflow's Python does; the UI shows the operator and its link.
 *
 * @throws {TaskRuntimeError} `INVALID` for a wrong option
 */
export function triggerDagRun(what: string, options: TriggerDagRunOptions): HandlerWork {
  const { dagId, conf, waitForCompletion = false } = options;
  checkAirflowId(`${what} for Dag "${dagId}"`, dagId);
  const pollInterval = lengthOf(what, "pollInterval", options.pollInterval ?? 60);
  if (conf !== undefined && typeof conf !== "function" && !isPlainObject(conf)) {
    throw invalid(what, 'its "conf" must be a plain object or a function');
  }
  const { runId, resetDagRun, skipWhenAlreadyExists, note, allowedStates, failedStates } = options;
  const handler = async (_args: unknown, ctx: TaskContext): Promise<void> => {
    const given = typeof conf === "function" ? conf(ctx) : conf;
    const triggered = await ctx.dagRuns.trigger({
      dagId,
      ...(runId === undefined ? {} : { runId }),
      ...(given === undefined ? {} : { conf: given }),
      ...(resetDagRun === undefined ? {} : { resetDagRun }),
      ...(skipWhenAlreadyExists === undefined ? {} : { skipWhenAlreadyExists }),
      ...(note === undefined ? {} : { note }),
    });
    // The operator pushes it too: the link in the UI reads it.
    await ctx.xcoms.push("trigger_run_id", triggered.runId);
    if (!waitForCompletion) return;
    await ctx.dagRuns.wait(dagId, triggered.runId, {
      pollInterval,
      ...(allowedStates === undefined ? {} : { allowedStates }),
      ...(failedStates === undefined ? {} : { failedStates }),
    });
  };
  return {
    kind: "handler",
    handler,
    guise: {
      classpath: `${STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator`,
      color: "#ffefeb",
      links: {},
      dependency: { kind: "trigger", dagId },
    },
  };
}

/**
 * Makes the work of a task that waits for another Dag, and frees the worker between two pokes.
 *
 * @throws {TaskRuntimeError} `INVALID` for a wrong option
 */
export function externalTaskSensor(what: string, options: ExternalTaskSensorOptions): HandlerWork {
  const { dagId, taskIds = [], taskGroupId } = options;
  checkAirflowId(`${what} for Dag "${dagId}"`, dagId);
  if (taskIds.length > 0 && taskGroupId !== undefined) {
    throw invalid(what, 'it must have "taskIds" or a "taskGroupId", not both');
  }
  const handler = sensor((_args, ctx) => isThere(options, ctx), {
    pokeInterval: lengthOf(what, "pokeInterval", options.pokeInterval ?? 60),
    timeout: lengthOf(what, "timeout", options.timeout ?? { days: 7 }),
  });
  lengthOf(what, "executionDelta", options.executionDelta ?? 0);
  return {
    kind: "handler",
    handler,
    guise: {
      classpath: `${STANDARD}.sensors.external_task.ExternalTaskSensor`,
      color: "#4db7db",
      links: {},
      isSensor: true,
      dependency: { kind: "sensor", dagId },
    },
  };
}

async function isThere(options: ExternalTaskSensorOptions, ctx: TaskContext): Promise<boolean> {
  const { dagId, taskIds = [], taskGroupId } = options;
  const { logicalDate } = ctx.dagRun;
  if (logicalDate === null) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot wait for Dag "${dagId}": this run has no logical date to find the other run by`,
    );
  }
  const delta = secondsIn(options.executionDelta ?? 0) ?? 0;
  const date = logicalDate.subtract({ milliseconds: Math.round(delta * 1000) });
  const count = (states: readonly TaskInstanceState[]): Promise<number> => {
    const filter = { logicalDates: [date], states };
    if (taskGroupId !== undefined) return ctx.tasks.count({ dagId, ...filter, taskGroupId });
    return taskIds.length > 0
      ? ctx.tasks.count({ dagId, ...filter, taskIds })
      : ctx.dagRuns.count(dagId, filter);
  };
  const { allowedStates = ["success"], failedStates = [] } = options;
  if (failedStates.length > 0 && await count(failedStates) > 0) {
    throw new FailTask(
      `Cannot wait for Dag "${dagId}": its task or run is ${failedStates.join(" or ")}`,
    );
  }
  const reached = await count(allowedStates);
  if (taskGroupId === undefined) return reached >= Math.max(1, taskIds.length);
  const all = await ctx.tasks.count({ dagId, logicalDates: [date], taskGroupId });
  return all > 0 && reached === all;
}

function lengthOf(what: string, name: string, length: Duration): number {
  const seconds = secondsIn(length);
  if (seconds !== undefined && seconds >= 0) return seconds;
  throw invalid(what, `its "${name}" must be a non-negative length of time`);
}

/** Makes the work of a task that returns whether its run is the latest one due. */
export function latestOnly(dag: DagDefinition): HandlerWork {
  return {
    kind: "handler",
    handler: (_args: unknown, ctx: TaskContext): boolean => {
      const { options } = dag;
      const schedule = readSchedule(`Dag "${dag.dagId}"`, options.schedule, timezoneOf(options));
      return isLatest(schedule, ctx.dagRun, Temporal.Now.instant());
    },
    guise: {
      classpath: "airflow.providers.standard.operators.latest_only.LatestOnlyOperator",
      color: "#e9ffdb",
      links: {},
      canSkip: true,
    },
  };
}

/** Tells whether no later run is due at `now`. */
export function isLatest(
  schedule: ScheduleDefinition,
  run: DagRun,
  now: Temporal.Instant,
): boolean {
  if (run.runType === "manual") return true;
  const end = run.dataIntervalEnd ?? run.logicalDate ?? run.runAfter;
  const next = nextEnd(schedule, end);
  return next === undefined || Temporal.Instant.compare(now, next) <= 0;
}

/** Returns the end of the interval after the one that ends at `end`; undefined if none follows. */
function nextEnd(
  schedule: ScheduleDefinition,
  end: Temporal.Instant,
): Temporal.Instant | undefined {
  switch (schedule.kind) {
    case "cron":
    case "cron-interval":
      return nextCron(schedule.expression, end, schedule.timezone ?? "UTC");
    case "crons": {
      const { expressions, timezone = "UTC" } = schedule;
      const all = expressions.map((each) => nextCron(each, end, timezone))
        .filter((each) => each !== undefined);
      return all.toSorted(Temporal.Instant.compare)[0];
    }
    case "delta":
    case "delta-interval":
      return end.add({ milliseconds: Math.round((secondsIn(schedule.delta) ?? 0) * 1000) });
    case "events":
      return schedule.dates
        .map((date) => date instanceof Date ? date.toTemporalInstant() : date)
        .filter((date) => Temporal.Instant.compare(date, end) > 0)
        .toSorted(Temporal.Instant.compare)[0];
    default:
      return undefined;
  }
}
