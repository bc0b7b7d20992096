/**
 * Whether a run is the latest due.
 *
 * @module
 */
import type { DagRun } from "../dag_runs.ts";
import { nextCron } from "./cron_next.ts";
import { timezoneOf } from "./dag_options.ts";
import type { DagDefinition, HandlerWork } from "./definition.ts";
import { secondsIn } from "./duration.ts";
import { readSchedule, type ScheduleDefinition } from "./schedule.ts";
import type { TaskContext } from "../context.ts";

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
