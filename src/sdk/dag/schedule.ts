/**
 * When a Dag runs.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { type Duration, instantOf, type Moment, secondsIn } from "../time.ts";
import { type AssetCondition, isAssetCondition } from "./asset.ts";
import { type CronPreset, expandPreset, findCronFault } from "./cron.ts";
import { invalid } from "./checks.ts";

/**
 * When a Dag runs: a cron expression or the name of one, `"@once"`, `"@continuous"`, a length of
 * time, a {@linkcode Timetable}, assets that were updated (a list means all of them); null for a Dag
 * that is only triggered.
 */
export type Schedule =
  | null
  | CronPreset
  | "@once"
  | "@continuous"
  // Any text will do for the compiler; what is no cron expression is refused when the Dag is made.
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

/** At the times of a cron expression (CronTriggerTimetable): what a text as `schedule` means. */
export interface CronTimetable {
  /** Which timetable it is. */
  readonly kind: "cron";
  /** The cron expression, or the name of one. */
  readonly expression: string;
  /** The time zone it is read in; the Dag's by default. */
  readonly timezone?: string;
  /** How long the data interval is that ends at each time; 0 by default. */
  readonly interval?: Duration;
  /** Whether the last run due is made up for at the start: always, never, or within a time. */
  readonly runImmediately?: boolean | Duration;
}

/** At the times of several cron expressions (MultipleCronTriggerTimetable). */
export interface MultipleCronTimetable {
  /** Which timetable it is. */
  readonly kind: "crons";
  /** The cron expressions, or names. */
  readonly expressions: readonly string[];
  /** The time zone they are read in; the Dag's by default. */
  readonly timezone?: string;
  /** How long the data interval is that ends at each time; 0 by default. */
  readonly interval?: Duration;
  /** Whether the last run due is made up for at the start: always, never, or within a time. */
  readonly runImmediately?: boolean | Duration;
}

/** After each interval between the times of a cron expression (CronDataIntervalTimetable). */
export interface CronIntervalTimetable {
  /** Which timetable it is. */
  readonly kind: "cron-interval";
  /** The cron expression, or the name of one. */
  readonly expression: string;
  /** The time zone it is read in; the Dag's by default. */
  readonly timezone?: string;
}

/** At regular distances (DeltaTriggerTimetable): what a length of time as `schedule` means. */
export interface DeltaTimetable {
  /** Which timetable it is. */
  readonly kind: "delta";
  /** The distance. */
  readonly delta: Duration;
  /** How long the data interval is that ends at each time; 0 by default. */
  readonly interval?: Duration;
}

/** After each interval of a length (DeltaDataIntervalTimetable). */
export interface DeltaIntervalTimetable {
  /** Which timetable it is. */
  readonly kind: "delta-interval";
  /** The length. */
  readonly delta: Duration;
}

/** At given moments (EventsTimetable). */
export interface EventsTimetable {
  /** Which timetable it is. */
  readonly kind: "events";
  /** The moments. */
  readonly dates: readonly Moment[];
  /** Whether a manual run is for the latest moment, not for its own; false by default. */
  readonly restrictToEvents?: boolean;
  /** What the UI says of it. */
  readonly description?: string;
}

/** By assets, and at times too (AssetOrTimeSchedule). */
export interface AssetOrTimeTimetable {
  /** Which timetable it is. */
  readonly kind: "asset-or-time";
  /** The assets; a list means all of them. */
  readonly assets: AssetCondition | readonly AssetCondition[];
  /** The times. */
  readonly timetable: string | Duration | Timetable;
}

/** A timetable of a plugin, by import path. */
export interface NamedTimetable {
  /** Which timetable it is. */
  readonly kind: "named";
  /** The import path of its Python class. */
  readonly classpath: string;
  /** What its `deserialize()` reads: a JSON object. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What a schedule comes to, with the time zone filled in. */
export type ScheduleDefinition =
  | { readonly kind: "none" | "once" | "continuous" }
  | { readonly kind: "assets"; readonly condition: AssetCondition }
  | Timetable;

/**
 * Reads a schedule.
 *
 * @throws {TaskRuntimeError} `INVALID` for what is none: a bad cron expression, time zone or length
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

/** Several assets in a list mean all of them. */
function readAssets(what: string, assets: unknown): AssetCondition {
  if (isAssetCondition(assets)) return assets;
  const isList = Array.isArray(assets) && assets.length > 0 && assets.every(isAssetCondition);
  if (isList) return { kind: "all", objects: assets };
  throw invalid(what, "its schedule is a list of something else than assets, or of nothing");
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
        throw invalid(what, "its schedule has no cron expressions");
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
      if (!isTimed(inner)) throw invalid(what, "its schedule has no timetable beside the assets");
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
        throw invalid(what, "its timetable has no import path, such as module.ClassName");
      }
      if (!isPlainObject(data)) throw invalid(what, "its timetable's data is no plain object");
      return { kind: "named", classpath, data };
    }
  }
  throw invalid(what, `its schedule is of an unknown kind: ${String(fields["kind"])}`);
}

function isTimed(schedule: ScheduleDefinition): schedule is Timetable {
  return !["none", "once", "continuous", "assets"].includes(schedule.kind);
}

function readEvents(what: string, fields: Fields): EventsTimetable {
  const { dates, restrictToEvents, description } = fields;
  if (!Array.isArray(dates) || dates.length === 0) {
    throw invalid(what, "its schedule names no moments");
  }
  return {
    kind: "events",
    dates: dates.map((date) => instantOf(date, `Cannot define ${what}`)),
    restrictToEvents: restrictToEvents === true,
    ...(typeof description === "string" ? { description } : {}),
  };
}

function readCron(what: string, text: unknown): string {
  if (typeof text !== "string") throw invalid(what, "its cron expression is no text");
  const expression = expandPreset(text);
  const fault = expression.startsWith("@")
    ? "Airflow has no such preset"
    : findCronFault(expression);
  if (fault !== undefined) throw invalid(what, `bad cron expression "${text}": ${fault}`);
  return expression;
}

function readLength(what: string, name: string, value: unknown): number {
  const seconds = secondsIn(value);
  if (seconds !== undefined) return seconds;
  throw invalid(what, `the "${name}" of its schedule is no length of time: ${show(value)}`);
}

function positive(what: string, seconds: number): number {
  if (seconds > 0) return seconds;
  throw invalid(what, `its schedule repeats every ${seconds} seconds`);
}

/** To ask the engine takes a tenth of a millisecond, and a bundle's Dags are mostly in one zone. */
const knownZones = new Set<unknown>();

/** Makes sure that `zone` is a time zone of the IANA's. */
export function checkTimezone(what: string, zone: unknown): asserts zone is string {
  if (knownZones.has(zone)) return;
  try {
    if (typeof zone !== "string") throw new TypeError("no text");
    new Intl.DateTimeFormat("en", { timeZone: zone });
    knownZones.add(zone);
  } catch {
    throw invalid(what, `there is no time zone ${show(zone)}; one is "Europe/Berlin"`);
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
