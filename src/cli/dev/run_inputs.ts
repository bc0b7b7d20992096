/**
 * Reads the inputs of a Dag run: `--conf`, `--date` and params.
 *
 * @module
 */
import type { DagPlan } from "../../local/scheduler/dag_plan.ts";
import type { Fixtures } from "../../local/fixtures/fixtures.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { JsonObject } from "../../protocol/value.ts";
import { findMismatch } from "../../runtime/task/value_schema.ts";
import { nextCron } from "../../sdk/dag/cron.ts";
import { UsageError } from "../command_line.ts";
import { isJsonObject } from "../../protocol/json_value.ts";

/**
 * Reads the configuration of the run: JSON, or `@` and the name of a JSON file.
 *
 * @throws {UsageError} for a value that is not a JSON object
 * @throws {TaskRuntimeError} `NOT_FOUND` when the file cannot be read
 */
export async function readConf(
  command: string,
  text: string | undefined,
): Promise<JsonObject | undefined> {
  if (text === undefined) return undefined;
  const json = text.startsWith("@") ? await readText(text.slice(1)) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      command,
      `--conf must be JSON, or @ and the name of a JSON file: ${reason}`,
    );
  }
  if (isJsonObject(value)) return value;
  throw new UsageError(command, "--conf must be a JSON object");
}

/**
 * Reads the logical date of the run in ISO 8601, in UTC without an offset, at midnight without a
 * time.
 *
 * @throws {UsageError} for another text
 */
export function readDate(
  command: string,
  text: string | undefined,
): Temporal.Instant | undefined {
  if (text === undefined) return undefined;
  try {
    if (/(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return Temporal.Instant.from(text);
    return Temporal.PlainDateTime.from(text).toZonedDateTime("UTC").toInstant();
  } catch {
    throw new UsageError(
      command,
      `--date must be a time such as 2026-01-01T00:00:00Z, got ${text}`,
    );
  }
}

/** Overrides the fixtures with the inputs of the command line. */
export function withInputs(
  fixtures: Fixtures,
  { conf, date, plan }: {
    readonly conf: JsonObject | undefined;
    readonly date: Temporal.Instant | undefined;
    readonly plan: DagPlan | undefined;
  },
): Fixtures {
  const { dagRun } = fixtures;
  const logicalDate = date ?? dagRun.logicalDate;
  const interval = plan === undefined || logicalDate === undefined || logicalDate === null
    ? {}
    : dataInterval(plan, logicalDate);
  return {
    ...fixtures,
    ...(conf === undefined ? {} : { params: conf }),
    dagRun: date === undefined
      ? { ...interval, ...dagRun }
      : { ...dagRun, ...interval, logicalDate: date },
  };
}

/**
 * Checks that all params have values that fit their schemas.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the param
 */
export function checkParams({ dagId, params }: DagPlan, { params: conf, dagRun }: Fixtures): void {
  const given = conf ?? dagRun.conf ?? {};
  for (const { name, default: value, schema } of params) {
    const isGiven = Object.hasOwn(given, name);
    const chosen = isGiven ? given[name] : value;
    if (chosen === undefined) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot run Dag "${dagId}": param "${name}" has no value. Add one to --conf`,
      );
    }
    // As in Airflow, a default of null that does not fit the schema means no value.
    const fault = isGiven || chosen !== null ? findMismatch(chosen, schema) : undefined;
    if (fault === undefined) continue;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot run Dag "${dagId}": the value of param "${name}" does not fit its schema: ${fault}`,
    );
  }
}

/** The data interval that Airflow gives to a manual run for that date. */
function dataInterval(
  { timetable: { type, settings } }: DagPlan,
  date: Temporal.Instant,
): { readonly dataIntervalStart: Temporal.Instant; readonly dataIntervalEnd: Temporal.Instant } {
  const seconds = (name: string): number => {
    const value = settings[name];
    return typeof value === "number" ? value : 0;
  };
  const before = (length: number): Temporal.Instant =>
    date.subtract({ milliseconds: Math.round(length * 1000) });
  const kind = type.slice(type.lastIndexOf(".") + 1);
  let [start, end] = [date, date];
  if (kind === "DeltaDataIntervalTimetable") start = before(seconds("delta"));
  else if (kind.endsWith("TriggerTimetable")) start = before(seconds("interval"));
  else if (kind === "CronDataIntervalTimetable") {
    const { expression, timezone } = settings;
    const due = lastTwoDue(String(expression), String(timezone ?? "UTC"), date);
    if (due !== undefined) [start, end] = due;
  }
  return { dataIntervalStart: start, dataIntervalEnd: end };
}

/** The last two times of the cron expression up to `date`. */
function lastTwoDue(
  expression: string,
  timezone: string,
  date: Temporal.Instant,
): [Temporal.Instant, Temporal.Instant] | undefined {
  // Search from earlier and earlier times until two are found.
  for (const hours of [3, 24 * 3, 24 * 70, 24 * 800, 24 * 366 * 9]) {
    const due: Temporal.Instant[] = [];
    let at: Temporal.Instant | undefined = date.subtract({ hours });
    while ((at = nextCron(expression, at, timezone)) !== undefined) {
      if (Temporal.Instant.compare(at, date) > 0) break;
      due.push(at);
    }
    const [start, end] = due.slice(-2);
    if (start !== undefined && end !== undefined) return [start, end];
  }
  return undefined;
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read "${path}": ${reason}`, { cause });
  }
}
