/**
 * Tasks that look like Airflow's own operators.
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
import { checkId, invalid } from "./checks.ts";
import { nextCron } from "./cron.ts";
import { timezoneOf } from "./dag_options.ts";
import type { DagDefinition, HandlerWork } from "./definition.ts";
import { type Duration, secondsIn } from "../time.ts";
import { readSchedule, type ScheduleDefinition } from "./schedule.ts";

/** What {@linkcode TaskMaker.triggerDagRun} triggers. */
export interface TriggerDagRunOptions {
  /** The Dag. */
  dagId: string;
  /** The id of the new run; `manual__<time>_<random>` by default. */
  runId?: string;
  /** What to hand to the run: a JSON object, or what makes one of the context when it runs. */
  conf?:
    | Readonly<Record<string, unknown>>
    | ((ctx: TaskContext) => Readonly<Record<string, unknown>>);
  /** Clears the run and starts it again when there is one of this id. */
  resetDagRun?: boolean;
  /** Whether the task is skipped when there is a run of this id; it fails by default. */
  skipWhenAlreadyExists?: boolean;
  /** A note on the run. */
  note?: string;
  /** Whether the task waits for the end of the run; false by default. */
  waitForCompletion?: boolean;
  /** How long it waits between two looks at the run; a minute by default. */
  pollInterval?: Duration;
  /** The states that end the wait well; `["success"]` by default. */
  allowedStates?: readonly string[];
  /** The states that end the wait with an error; `["failed"]` by default. */
  failedStates?: readonly string[];
}

/** What {@linkcode TaskMaker.externalTaskSensor} waits for. */
export interface ExternalTaskSensorOptions {
  /** The Dag. */
  dagId: string;
  /** The tasks; the whole run by default. */
  taskIds?: readonly string[];
  /** A task group, in the place of tasks. */
  taskGroupId?: string;
  /** How much earlier the other run's logical date is; the same by default. */
  executionDelta?: Duration;
  /** The states waited for; `["success"]` by default. */
  allowedStates?: readonly TaskInstanceState[];
  /** The states that fail the task at once; none by default. */
  failedStates?: readonly TaskInstanceState[];
  /** How long it waits between two looks; a minute by default. */
  pokeInterval?: Duration;
  /** How long it waits at most; 7 days by default. */
  timeout?: Duration;
}

const STANDARD = "airflow.providers.standard";

/**
 * The work of a task that triggers a Dag run. The runtime asks the supervisor for it, as Airflow's
 * Python does; the UI shows the operator and its link.
 *
 * @throws {TaskRuntimeError} `INVALID` for an option that is none
 */
export function triggerDagRun(what: string, options: TriggerDagRunOptions): HandlerWork {
  const { dagId, conf, waitForCompletion = false } = options;
  checkId(`${what}, which triggers "${dagId}"`, dagId);
  const pollInterval = lengthOf(what, "pollInterval", options.pollInterval ?? 60);
  if (conf !== undefined && typeof conf !== "function" && !isPlainObject(conf)) {
    throw invalid(what, 'its "conf" is no plain object and no function');
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
    // What the operator leaves behind; the UI's link reads it.
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
 * The work of a task that waits for another Dag: the runtime looks, again and again, and gives the
 * worker away in between.
 *
 * @throws {TaskRuntimeError} `INVALID` for an option that is none
 */
export function externalTaskSensor(what: string, options: ExternalTaskSensorOptions): HandlerWork {
  const { dagId, taskIds = [], taskGroupId } = options;
  checkId(`${what}, which waits for "${dagId}"`, dagId);
  if (taskIds.length > 0 && taskGroupId !== undefined) {
    throw invalid(what, 'it waits for either "taskIds" or a "taskGroupId"');
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
      `Cannot wait for Dag "${dagId}": this run has no logical date, by which to find the other`,
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
    throw new FailTask(`what it waits for in Dag "${dagId}" is ${failedStates.join(" or ")}`);
  }
  const there = await count(allowedStates);
  if (taskGroupId === undefined) return there >= Math.max(1, taskIds.length);
  const all = await ctx.tasks.count({ dagId, logicalDates: [date], taskGroupId });
  return all > 0 && there === all;
}

function lengthOf(what: string, name: string, length: Duration): number {
  const seconds = secondsIn(length);
  if (seconds !== undefined && seconds >= 0) return seconds;
  throw invalid(what, `its "${name}" must be a length of time`);
}

/** The work of a task that tells whether the run is the latest due, as LatestOnlyOperator does. */
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

/** Whether no later run is due at `now`. */
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

/** The end of the interval after the one that ends at `end`; undefined when none follows. */
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
    case "asset-or-time":
      return undefined;
    default:
      return undefined;
  }
}
