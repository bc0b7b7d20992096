/**
 * The options of a Dag.
 *
 * @module
 */
import type { Duration, Timestamp } from "../time.ts";
import { checkOptions, invalid, type OptionKind } from "./checks.ts";
import { type ParamDefinitions, readParams } from "./param.ts";
import { checkTimezone, readSchedule, type Schedule, type ScheduleDefinition } from "./schedule.ts";
import { checkTaskOptions, type TaskOptions } from "./task_options.ts";

/** The type of a Dag run: what creates it. */
export type DagRunType =
  | "backfill"
  | "scheduled"
  | "manual"
  | "operator_triggered"
  | "asset_triggered"
  | "asset_materialization";

const RUN_TYPES: readonly DagRunType[] = [
  "backfill",
  "scheduled",
  "manual",
  "operator_triggered",
  "asset_triggered",
  "asset_materialization",
];

/** Options of a Dag; Airflow's configuration has the defaults. */
export interface DagOptions<Params extends ParamDefinitions = ParamDefinitions> {
  /** The schedule; null, the default, means that the Dag only runs when it is triggered. */
  schedule?: Schedule;
  /** The start of the first data interval. */
  startDate?: Timestamp | Temporal.ZonedDateTime;
  /** The end of the schedule. */
  endDate?: Timestamp | Temporal.ZonedDateTime;
  /** The time zone of the schedule; that of a zoned `startDate` by default, else `"UTC"`. */
  timezone?: string;
  /** Runs the Dag for each missed interval since the start date. */
  catchup?: boolean;
  /** Tags, to filter Dags in the UI. */
  tags?: readonly string[];
  /** A description, in one line. */
  description?: string;
  /** The name in the UI; the id by default. */
  displayName?: string;
  /** Documentation, in Markdown. */
  docMd?: string;
  /** The params of a run: JSON Schemas by name, or plain values as defaults. */
  params?: Params;
  /** Default options of the tasks. */
  defaultArgs?: TaskOptions;
  /** The owner of the tasks; short for `defaultArgs: { owner }`. */
  owner?: string;
  /** The queue of the tasks; short for `defaultArgs: { queue }`. */
  queue?: string;
  /** Links of owners, by name: `https:` or `mailto:`. */
  ownerLinks?: Readonly<Record<string, string>>;
  /** The maximum number of task instances that run at the same time in one Dag run. */
  maxActiveTasks?: number;
  /** The maximum number of Dag runs at the same time. */
  maxActiveRuns?: number;
  /** The number of consecutive failed runs after which Airflow pauses the Dag; 0 means never. */
  maxConsecutiveFailedDagRuns?: number;
  /** The longest duration of a run, which then fails. */
  dagrunTimeout?: Duration;
  /** Fails the run as soon as a task fails; all tasks must have the rule `"all_success"`. */
  failFast?: boolean;
  /** Pauses the Dag when Airflow first sees it. */
  isPausedUponCreation?: boolean;
  /** Renders the templates of Python operators to Python values instead of strings. */
  renderTemplateAsNativeObj?: boolean;
  /** Runs each task with the latest version of the Dag, not with the one of the run's start. */
  disableBundleVersioning?: boolean;
  /** Runs a cleared task with the latest version of the Dag. */
  rerunWithLatestVersion?: boolean;
  /** Permissions on the Dag, by role and resource; with Airflow's FAB auth manager only. */
  accessControl?: Readonly<
    Record<string, readonly string[] | Readonly<Record<string, readonly string[]>>>
  >;
  /** The only types of runs that Airflow may create. */
  allowedRunTypes?: readonly DagRunType[];
  /** Callbacks for late runs. */
  deadline?: DeadlineAlert | readonly DeadlineAlert[];
}

/** The kinds of the options; in snake_case these are Airflow's names. */
export const DAG_OPTION_KINDS = {
  schedule: "own",
  startDate: "time",
  endDate: "time",
  timezone: "own",
  catchup: "flag",
  tags: "own",
  description: "string",
  displayName: "own",
  docMd: "string",
  params: "own",
  defaultArgs: "own",
  owner: "own",
  queue: "own",
  ownerLinks: "object",
  maxActiveTasks: "positive",
  maxActiveRuns: "positive",
  maxConsecutiveFailedDagRuns: "count",
  dagrunTimeout: "duration",
  failFast: "flag",
  isPausedUponCreation: "flag",
  renderTemplateAsNativeObj: "flag",
  disableBundleVersioning: "flag",
  rerunWithLatestVersion: "flag",
  accessControl: "own",
  allowedRunTypes: "own",
  deadline: "own",
} as const satisfies Readonly<Record<keyof DagOptions, OptionKind>>;

/**
 * Checks that Airflow accepts the options of a Dag.
 *
 * @throws {TaskRuntimeError} `INVALID` with the first wrong option
 */
export function checkDagOptions(what: string, options: DagOptions): void {
  checkOptions(what, options, DAG_OPTION_KINDS);
  const timezone = timezoneOf(options);
  checkTimezone(what, timezone);
  const schedule = readSchedule(what, options.schedule, timezone);
  const params = readParams(what, options.params);
  const open = params.filter((param) => param.default === undefined && !allowsNull(param.schema));
  if (schedule.kind !== "none" && open.length > 0) {
    const names = open.map(({ name }) => `"${name}"`).join(", ");
    throw invalid(what, `a Dag with a schedule needs a default for each param. Add it to ${names}`);
  }
  if (schedule.kind === "continuous" && (options.maxActiveRuns ?? 1) > 1) {
    throw invalid(what, 'with the schedule "@continuous" its "maxActiveRuns" must be 1');
  }
  if (
    options.catchup === true && options.startDate === undefined && schedule.kind !== "none" &&
    schedule.kind !== "assets" && options.defaultArgs?.startDate === undefined
  ) {
    throw invalid(what, 'with "catchup" it needs a "startDate"');
  }
  if (options.defaultArgs !== undefined) checkTaskOptions(what, options.defaultArgs);
  checkTaskOptions(what, taskDefaultsOf(options));
  checkTexts(what, "tags", options.tags);
  checkTexts(what, "allowedRunTypes", options.allowedRunTypes, RUN_TYPES);
  const { allowedRunTypes: allowed = [] } = options;
  const needed = neededRunType(schedule);
  if (allowed.length > 0 && !allowed.includes(needed)) {
    throw invalid(
      what,
      `with its schedule, its "allowedRunTypes" must include "${needed}"`,
    );
  }
  if (options.displayName !== undefined && typeof options.displayName !== "string") {
    throw invalid(what, 'its "displayName" must be a string');
  }
}

/** Returns the time zone of a Dag's schedule. */
export function timezoneOf({ timezone, startDate }: DagOptions): string {
  if (timezone !== undefined) return timezone;
  return startDate instanceof Temporal.ZonedDateTime ? startDate.timeZoneId : "UTC";
}

/** Returns the default options of a Dag's tasks. */
export function taskDefaultsOf({ defaultArgs, owner, queue }: DagOptions): TaskOptions {
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(queue === undefined ? {} : { queue }),
    ...defaultArgs,
  };
}

/** Returns the type of the runs that a schedule creates. */
function neededRunType({ kind }: ScheduleDefinition): DagRunType {
  if (kind === "assets" || kind === "asset-or-time") return "asset_triggered";
  return kind === "none" ? "manual" : "scheduled";
}

function allowsNull({ type }: Readonly<Record<string, unknown>>): boolean {
  return type === "null" || (Array.isArray(type) && type.includes("null"));
}

function checkTexts(
  what: string,
  name: string,
  texts: unknown,
  words?: readonly string[],
): void {
  if (texts === undefined) return;
  const isText = (each: unknown): boolean =>
    typeof each === "string" && each !== "" && each.length <= 100 &&
    (words === undefined || words.includes(each));
  if (Array.isArray(texts) && texts.every(isText)) return;
  const allowed = words === undefined ? "strings of 1 to 100 characters" : words.join(", ");
  throw invalid(what, `its "${name}" must be a list of ${allowed}`);
}

/**
 * The time by which a Dag run must finish, and the Python callback that Airflow's triggerer runs if
 * it does not.
 */
export interface DeadlineAlert {
  /** The name in the UI. */
  readonly name?: string;
  /** The time from which the interval counts. */
  readonly reference: DeadlineReference;
  /** The time that a run has from the reference. */
  readonly interval: Duration;
  /** The callback. */
  readonly callback: DeadlineCallback;
}

/**
 * The time from which the interval of a {@linkcode DeadlineAlert} counts: a time of the run, a fixed
 * time, or the average duration of the latest runs.
 */
export type DeadlineReference =
  | "logical-date"
  | "queued-at"
  | { readonly at: Timestamp }
  | { readonly averageRuntimeOf: number; readonly minRuns?: number };

/** An async Python function that Airflow's triggerer runs. */
export interface DeadlineCallback {
  /** The import path. */
  readonly path: string;
  /** The keyword arguments: JSON. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** The trigger queue, if `[triggerer] queues_enabled` is set. */
  readonly queue?: string;
}
