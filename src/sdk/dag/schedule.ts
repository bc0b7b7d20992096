/**
 * The schedule of a Dag.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { type Duration, instantOf, secondsIn, type Timestamp } from "../time.ts";
import { type AssetCondition, isAssetCondition } from "./asset.ts";
import { type CronPreset, expandPreset, findCronFault } from "./cron.ts";
import { invalid, jsonOf } from "./checks.ts";

/**
 * The schedule of a Dag: a cron expression or preset, `"@once"`, `"@continuous"`, a length of time,
 * a {@linkcode Timetable}, or assets whose updates start a run (a list means all of them). Null: the
 * Dag only runs when it is triggered.
 */
export type Schedule =
  | null
  | CronPreset
  | "@once"
  | "@continuous"
  // The compiler accepts any string, and still completes the presets.
  | (string & Record<never, never>)
  | Duration
  | Timetable
  | AssetCondition
  | readonly AssetCondition[];

/** One of Airflow's timetables. */
export type Timetable =
  | CronTimetable
  | MultipleCronTimetable
  | CronIntervalTimetable
  | DeltaTimetable
  | DeltaIntervalTimetable
  | EventsTimetable
  | AssetOrTimeTimetable
  | NamedTimetable;

/**
 * Runs at the times of a cron expression (CronTriggerTimetable). A string as `schedule` is the same.
 */
export interface CronTimetable {
  /** The kind of timetable. */
  readonly kind: "cron";
  /** The cron expression or preset. */
  readonly expression: string;
  /** The time zone of the expression; the Dag's by default. */
  readonly timezone?: string;
  /** The length of the data interval that ends at each time; 0 by default. */
  readonly interval?: Duration;
  /**
   * Runs the last missed time when the Dag is first scheduled: always, never, or if it is not older
   * than this. False by default.
   */
  readonly runImmediately?: boolean | Duration;
}

/** Runs at the times of several cron expressions (MultipleCronTriggerTimetable). */
export interface MultipleCronTimetable {
  /** The kind of timetable. */
  readonly kind: "crons";
  /** The cron expressions or presets. */
  readonly expressions: readonly string[];
  /** The time zone of the expressions; the Dag's by default. */
  readonly timezone?: string;
  /** The length of the data interval that ends at each time; 0 by default. */
  readonly interval?: Duration;
  /**
   * Runs the last missed time when the Dag is first scheduled: always, never, or if it is not older
   * than this. False by default.
   */
  readonly runImmediately?: boolean | Duration;
}

/** Runs after each interval between the times of a cron expression (CronDataIntervalTimetable). */
export interface CronIntervalTimetable {
  /** The kind of timetable. */
  readonly kind: "cron-interval";
  /** The cron expression or preset. */
  readonly expression: string;
  /** The time zone of the expression; the Dag's by default. */
  readonly timezone?: string;
}

/**
 * Runs at regular intervals (DeltaTriggerTimetable). A length of time as `schedule` is the same.
 */
export interface DeltaTimetable {
  /** The kind of timetable. */
  readonly kind: "delta";
  /** The time between two runs. */
  readonly delta: Duration;
  /** The length of the data interval that ends at each time; 0 by default. */
  readonly interval?: Duration;
}

/** Runs after each data interval of a fixed length (DeltaDataIntervalTimetable). */
export interface DeltaIntervalTimetable {
  /** The kind of timetable. */
  readonly kind: "delta-interval";
  /** The length of the interval. */
  readonly delta: Duration;
}

/** Runs at a list of times (EventsTimetable). */
export interface EventsTimetable {
  /** The kind of timetable. */
  readonly kind: "events";
  /** The times. */
  readonly dates: readonly Timestamp[];
  /** Gives a manual run the logical date of the latest event; false by default. */
  readonly restrictToEvents?: boolean;
  /** The description in the UI. */
  readonly description?: string;
}

/** Runs at the times of a timetable, and after updates of assets (AssetOrTimeSchedule). */
export interface AssetOrTimeTimetable {
  /** The kind of timetable. */
  readonly kind: "asset-or-time";
  /** The assets; a list means all of them. */
  readonly assets: AssetCondition | readonly AssetCondition[];
  /** The timetable. */
  readonly timetable: string | Duration | Timetable;
}

/** A timetable of an Airflow plugin. */
export interface NamedTimetable {
  /** The kind of timetable. */
  readonly kind: "named";
  /** The import path of the Python class. */
  readonly classpath: string;
  /** The argument of the class's `deserialize()`: a JSON object. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A schedule, read and with its time zone. */
export type ScheduleDefinition =
  | { readonly kind: "none" | "once" | "continuous" }
  | { readonly kind: "assets"; readonly condition: AssetCondition }
  | Timetable;

/**
 * Reads a schedule.
 *
 * @throws {TaskRuntimeError} `INVALID` for a wrong cron expression, time zone or length of time
 */
export function readSchedule(
  what: string,
  schedule: unknown,
  timezone: string,
): ScheduleDefinition {
  if (schedule === null || schedule === undefined) return { kind: "none" };
  if (schedule === "@once") return { kind: "once" };
  if (schedule === "@continuous") return { kind: "continuous" };
  if (typeof schedule === "string") {
    return readTimetable(what, { kind: "cron", expression: schedule }, timezone);
  }
  if (Array.isArray(schedule) || isAssetCondition(schedule)) {
    return { kind: "assets", condition: readAssets(what, schedule) };
  }
  if (isPlainObject(schedule) && typeof schedule["kind"] === "string") {
    return readTimetable(what, schedule, timezone);
  }
  return readTimetable(what, { kind: "delta", delta: schedule }, timezone);
}

/** Reads an asset condition; a list means all of them. */
function readAssets(what: string, assets: unknown): AssetCondition {
  if (isAssetCondition(assets)) return assets;
  const isList = Array.isArray(assets) && assets.length > 0 && assets.every(isAssetCondition);
  if (isList) return { kind: "all", objects: assets };
  throw invalid(what, "a list as its schedule must have one asset or more, and nothing else");
}

type Fields = Readonly<Record<string, unknown>>;

function readTimetable(what: string, fields: Fields, dagTimezone: string): Timetable {
  const timezone = (): string => {
    const zone = fields["timezone"] ?? dagTimezone;
    checkTimezone(what, zone);
    return zone;
  };
  const length = (name: string): number => readLength(what, name, fields[name]);
  const trigger = (): { timezone: string; interval: number; runImmediately: boolean | number } => {
    const immediately = fields["runImmediately"] ?? false;
    return {
      timezone: timezone(),
      interval: fields["interval"] === undefined ? 0 : length("interval"),
      runImmediately: typeof immediately === "boolean" ? immediately : length("runImmediately"),
    };
  };
  switch (fields["kind"]) {
    case "cron":
      return { kind: "cron", expression: readCron(what, fields["expression"]), ...trigger() };
    case "crons": {
      const { expressions } = fields;
      if (!Array.isArray(expressions) || expressions.length === 0) {
        throw invalid(what, 'the "expressions" of its schedule must be a non-empty list');
      }
      const read = expressions.map((each) => readCron(what, each));
      return { kind: "crons", expressions: read, ...trigger() };
    }
    case "cron-interval": {
      const expression = readCron(what, fields["expression"]);
      return { kind: "cron-interval", expression, timezone: timezone() };
    }
    case "delta": {
      const interval = fields["interval"] === undefined ? 0 : length("interval");
      return { kind: "delta", delta: positive(what, length("delta")), interval };
    }
    case "delta-interval":
      return { kind: "delta-interval", delta: positive(what, length("delta")) };
    case "events":
      return readEvents(what, fields);
    case "asset-or-time": {
      const inner = readSchedule(what, fields["timetable"], dagTimezone);
      if (!isTimed(inner)) throw invalid(what, "its schedule needs a timetable besides the assets");
      return {
        kind: "asset-or-time",
        assets: readAssets(what, fields["assets"]),
        timetable: inner,
      };
    }
    case "named": {
      const { classpath, data = {} } = fields;
      if (
        typeof classpath !== "string" || !/^[\p{L}_][\p{L}\p{N}_.]*\.[\p{L}_]+/u.test(classpath)
      ) {
        throw invalid(what, 'the "classpath" of its schedule must be like "module.ClassName"');
      }
      if (!isPlainObject(data)) {
        throw invalid(what, 'the "data" of its schedule must be a plain object');
      }
      return { kind: "named", classpath, data };
    }
  }
  throw invalid(what, `the schedule kind ${jsonOf(fields["kind"])} does not exist`);
}

function isTimed(schedule: ScheduleDefinition): schedule is Timetable {
  return !["none", "once", "continuous", "assets"].includes(schedule.kind);
}

function readEvents(what: string, fields: Fields): EventsTimetable {
  const { dates, restrictToEvents, description } = fields;
  if (!Array.isArray(dates) || dates.length === 0) {
    throw invalid(what, 'the "dates" of its schedule must be a non-empty list');
  }
  return {
    kind: "events",
    dates: dates.map((date) => instantOf(date, `Cannot define ${what}`)),
    restrictToEvents: restrictToEvents === true,
    ...(typeof description === "string" ? { description } : {}),
  };
}

function readCron(what: string, text: unknown): string {
  if (typeof text !== "string") throw invalid(what, "its cron expression must be a string");
  const expression = expandPreset(text);
  const fault = expression.startsWith("@")
    ? "the preset does not exist"
    : findCronFault(expression);
  if (fault !== undefined) throw invalid(what, `wrong cron expression "${text}": ${fault}`);
  return expression;
}

function readLength(what: string, name: string, value: unknown): number {
  const seconds = secondsIn(value);
  if (seconds !== undefined) return seconds;
  throw invalid(
    what,
    `the "${name}" of its schedule must be a length of time, got ${jsonOf(value)}`,
  );
}

function positive(what: string, seconds: number): number {
  if (seconds > 0) return seconds;
  throw invalid(what, `the interval of its schedule must be positive, got ${seconds} seconds`);
}

/** The check of a zone takes 0.1 ms, and most Dags of a bundle have the same one. */
const knownZones = new Set<unknown>();

/** Checks that `zone` is an IANA time zone. */
export function checkTimezone(what: string, zone: unknown): asserts zone is string {
  if (knownZones.has(zone)) return;
  try {
    if (typeof zone !== "string") throw new TypeError("not a string");
    new Intl.DateTimeFormat("en", { timeZone: zone });
    knownZones.add(zone);
  } catch {
    throw invalid(
      what,
      `the time zone ${jsonOf(zone)} does not exist. Use one like "Europe/Berlin"`,
    );
  }
}
