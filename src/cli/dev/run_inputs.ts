/**
 * What a Dag run is started with: `--conf` and `--date`.
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
 * The run's configuration, JSON or `@` and the name of a file with it.
 *
 * @throws {UsageError} for what is no object of JSON
 * @throws {TaskRuntimeError} `NOT_FOUND` for a file that cannot be read
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
    throw new UsageError(command, `--conf takes JSON, or @ and a file with it: ${reason}`);
  }
  if (isJsonObject(value)) return value;
  throw new UsageError(command, "--conf takes an object of JSON");
}

/**
 * The run's logical date: ISO 8601; midnight in UTC where it says no time, UTC where no offset.
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
    throw new UsageError(command, `--date takes a time such as 2026-01-01T00:00:00Z, not ${text}`);
  }
}

/** The fixtures, with what the command line says of the run over them. */
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
 * Makes sure that the params have values, the defaults among them, that fit their schemas.
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
        `Cannot run Dag "${dagId}": its param "${name}" has no default; --conf is to hold a value`,
      );
    }
    // As in Airflow: a default of null stands for none where the schema does not take it.
    const fault = isGiven || chosen !== null ? findMismatch(chosen, schema) : undefined;
    if (fault === undefined) continue;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot run Dag "${dagId}": the value of its param "${name}" does not fit: ${fault}`,
    );
  }
}

/** The data interval that Airflow gives a run that is triggered by hand for that date. */
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

/** The last two times at which the expression was due by `date`. */
function lastTwoDue(
  expression: string,
  timezone: string,
  date: Temporal.Instant,
): [Temporal.Instant, Temporal.Instant] | undefined {
  // From ever further back, until two are found.
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
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read ${path}: ${reason}`, { cause });
  }
}
