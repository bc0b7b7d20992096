/**
 * Schedules as Airflow's timetables.
 *
 * @module
 */
import { isPlainObject } from "../../../values.ts";
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import { Asset, AssetAlias, type AssetCondition } from "../../../sdk/dag/asset.ts";
import { secondsIn } from "../../../sdk/time.ts";
import {
  readSchedule,
  type ScheduleDefinition,
  type Timetable,
} from "../../../sdk/dag/schedule.ts";
import { encodeCondition } from "./asset.ts";
import { encodeObject, isList, typed } from "./encoding.ts";

const SIMPLE = "airflow.timetables.simple";
const TRIGGER = "airflow.timetables.trigger";
const INTERVAL = "airflow.timetables.interval";

/** Encodes a schedule as `{ __type, __var }`. */
export function encodeTimetable(schedule: ScheduleDefinition): JsonObject {
  switch (schedule.kind) {
    case "none":
      return typed(`${SIMPLE}.NullTimetable`, {});
    case "once":
      return typed(`${SIMPLE}.OnceTimetable`, {});
    case "continuous":
      return typed(`${SIMPLE}.ContinuousTimetable`, {});
    case "assets":
      return typed(`${SIMPLE}.AssetTriggeredTimetable`, {
        asset_condition: encodeCondition(schedule.condition),
        batch_asset_events: needsSeveral(schedule.condition),
      });
    default:
      return encodeTimed(schedule);
  }
}

function encodeTimed(timetable: Timetable): JsonObject {
  const { kind } = timetable;
  switch (kind) {
    case "cron":
      return typed(`${TRIGGER}.CronTriggerTimetable`, {
        expression: timetable.expression,
        ...triggerFields(timetable),
      });
    case "crons":
      return typed(`${TRIGGER}.MultipleCronTriggerTimetable`, {
        expressions: timetable.expressions,
        ...triggerFields(timetable),
      });
    case "cron-interval":
      return typed(`${INTERVAL}.CronDataIntervalTimetable`, {
        expression: timetable.expression,
        timezone: timetable.timezone ?? "UTC",
      });
    case "delta":
      return typed(`${TRIGGER}.DeltaTriggerTimetable`, {
        delta: length(timetable.delta),
        interval: length(timetable.interval ?? 0),
      });
    case "delta-interval":
      return typed(`${INTERVAL}.DeltaDataIntervalTimetable`, { delta: length(timetable.delta) });
    case "events":
      return typed("airflow.timetables.events.EventsTimetable", {
        event_dates: sortedDates(timetable.dates),
        restrict_to_events: timetable.restrictToEvents ?? false,
        description: timetable.description ?? null,
        // Airflow 3.4.0b2 requires this field to load the Dag, though its Python SDK does not write it.
        _summary: timetable.description ?? `${timetable.dates.length} events`,
      });
    case "asset-or-time": {
      const { assets } = timetable;
      const condition: AssetCondition = isList(assets) ? { kind: "all", objects: assets } : assets;
      return typed("airflow.timetables.assets.AssetOrTimeSchedule", {
        asset_condition: encodeCondition(condition),
        timetable: encodeTimetable(readSchedule("a timetable", timetable.timetable, "UTC")),
        batch_asset_events: needsSeveral(condition),
      });
    }
    case "named":
      return typed(timetable.classpath, namedData(timetable.data ?? {}));
  }
}

/** Tells whether a run needs the events of more than one asset. */
function needsSeveral(condition: AssetCondition): boolean {
  if (condition instanceof Asset || condition instanceof AssetAlias || condition.kind === "ref") {
    return false;
  }
  const { kind, objects } = condition;
  return (kind === "all" && objects.length > 1) || objects.some(needsSeveral);
}

function triggerFields(
  { timezone, interval, runImmediately }: Extract<Timetable, { kind: "cron" | "crons" }>,
): Record<string, JsonValue> {
  return {
    timezone: timezone ?? "UTC",
    interval: length(interval ?? 0),
    run_immediately: typeof runImmediately === "boolean" || runImmediately === undefined
      ? runImmediately ?? false
      : length(runImmediately),
  };
}

/** Encodes the data of a plugin's timetable, which goes to Airflow without its outer type. */
function namedData(data: Readonly<Record<string, unknown>>): JsonObject {
  const { __var: inside } = encodeObject(data, "the data of a timetable");
  return isPlainObject(inside) ? inside : {};
}

function length(duration: unknown): number {
  return secondsIn(duration) ?? 0;
}

function sortedDates(dates: readonly (Date | Temporal.Instant)[]): string[] {
  return dates.map((date) => date instanceof Date ? date.toTemporalInstant() : date)
    .toSorted(Temporal.Instant.compare)
    .map((date) => `${date.toString().replace("Z", "")}+00:00`);
}
