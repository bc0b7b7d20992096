/**
 * What there is to say of a Dag.
 *
 * @module
 */
import type { Duration, Moment } from "../time.ts";
import { checkOptions, invalid, type OptionKind } from "./checks.ts";
import { type ParamDefinitions, readParams } from "./param.ts";
import { checkTimezone, readSchedule, type Schedule, type ScheduleDefinition } from "./schedule.ts";
import { checkTaskOptions, type TaskOptions } from "./task_options.ts";

/** How a Dag run comes to be. */
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

/** What there is to say of a Dag; what is left out, Airflow's configuration decides. */
export interface DagOptions<Params extends ParamDefinitions = ParamDefinitions> {
  /** When it runs; null, the default, for a Dag that is only triggered. */
  schedule?: Schedule;
  /** From when on it runs. */
  startDate?: Moment | Temporal.ZonedDateTime;
  /** Until when it runs. */
  endDate?: Moment | Temporal.ZonedDateTime;
  /** The time zone of its schedule; that of a zoned `startDate` by default, else `"UTC"`. */
  timezone?: string;
  /** Whether runs that lie between the start date and now are made up for. */
  catchup?: boolean;
  /** Words to find it by in the UI. */
  tags?: readonly string[];
  /** What it does, in a line. */
  description?: string;
  /** What the UI calls it; its id by default. */
  displayName?: string;
  /** Its documentation, in Markdown. */
  docMd?: string;
  /** What a run can be triggered with: JSON Schema by name, or plain values as defaults. */
  params?: Params;
  /** Options of its tasks, unless they say otherwise. */
  defaultArgs?: TaskOptions;
  /** The owner of its tasks; short for `defaultArgs: { owner }`. */
  owner?: string;
  /** The queue of its tasks; short for `defaultArgs: { queue }`. */
  queue?: string;
  /** Links of owners, by name: `https:` or `mailto:`. */
  ownerLinks?: Readonly<Record<string, string>>;
  /** How many of its task instances run at a time, within one run. */
  maxActiveTasks?: number;
  /** How many of its runs are active at a time. */
  maxActiveRuns?: number;
  /** After how many failed runs in a row Airflow pauses it; 0 for never. */
  maxConsecutiveFailedDagRuns?: number;
  /** How long a run may take; it fails then. */
  dagrunTimeout?: Duration;
  /** Whether the first task that fails ends the run; its tasks keep the rule `"all_success"`. */
  failFast?: boolean;
  /** Whether it is paused when Airflow first sees it. */
  isPausedUponCreation?: boolean;
  /** Whether templates of Python's operators become values of Python, not texts. */
  renderTemplateAsNativeObj?: boolean;
  /** Whether all tasks of a run use the Dag as it is now, not as the run began. */
  disableBundleVersioning?: boolean;
  /** Whether a cleared task runs with the Dag as it is now. */
  rerunWithLatestVersion?: boolean;
  /** Which roles may do what (with Airflow's FAB auth manager only), by role and resource. */
  accessControl?: Readonly<
    Record<string, readonly string[] | Readonly<Record<string, readonly string[]>>>
  >;
  /** The only ways in which its runs may come to be. */
  allowedRunTypes?: readonly DagRunType[];
  /** When a run is late, and what Airflow calls then. */
  deadline?: Deadline | readonly Deadline[];
}

/** The kinds of the options; Airflow's names are these, in snake_case. */
export const DAG_OPTION_KINDS = {
  schedule: "own",
  startDate: "moment",
  endDate: "moment",
  timezone: "own",
  catchup: "flag",
  tags: "own",
  description: "text",
  displayName: "own",
  docMd: "text",
  params: "own",
  defaultArgs: "own",
  owner: "own",
  queue: "own",
  ownerLinks: "object",
  maxActiveTasks: "positive",
  maxActiveRuns: "positive",
  maxConsecutiveFailedDagRuns: "count",
  dagrunTimeout: "length",
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
 * Makes sure that Airflow takes the options of a Dag.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the option
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
    throw invalid(what, `it has a schedule, and no default for its params ${names}`);
  }
  if (schedule.kind === "continuous" && (options.maxActiveRuns ?? 1) > 1) {
    throw invalid(what, 'with the schedule "@continuous" its "maxActiveRuns" is 1');
  }
  if (
    options.catchup === true && options.startDate === undefined && schedule.kind !== "none" &&
    schedule.kind !== "assets" && options.defaultArgs?.startDate === undefined
  ) {
    throw invalid(what, "it is to catch up, and has no start date");
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
      `with its schedule, its "allowedRunTypes" must have "${needed}" among them`,
    );
  }
  if (options.displayName !== undefined && typeof options.displayName !== "string") {
    throw invalid(what, 'its "displayName" must be a text');
  }
}

/** The time zone of a Dag's schedule. */
export function timezoneOf({ timezone, startDate }: DagOptions): string {
  if (timezone !== undefined) return timezone;
  return startDate instanceof Temporal.ZonedDateTime ? startDate.timeZoneId : "UTC";
}

/** The options that a Dag gives its tasks. */
export function taskDefaultsOf({ defaultArgs, owner, queue }: DagOptions): TaskOptions {
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(queue === undefined ? {} : { queue }),
    ...defaultArgs,
  };
}

/** How runs of a schedule come to be. */
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
  const allowed = words === undefined ? "texts of at most 100 characters" : words.join(", ");
  throw invalid(what, `its "${name}" must be a list of ${allowed}`);
}

/**
 * When a Dag run is late, and the Python callback that Airflow's triggerer calls then.
 */
export interface Deadline {
  /** Its name, in the UI. */
  readonly name?: string;
  /** From when the time counts. */
  readonly reference: DeadlineReference;
  /** How long after that a run is late. */
  readonly interval: Duration;
  /** What is called. */
  readonly callback: DeadlineCallback;
}

/** From when the time of a {@linkcode Deadline} counts. */
export type DeadlineReference =
  | "logical-date"
  | "queued-at"
  | { readonly at: Moment }
  | { readonly averageRuntimeOf: number; readonly minRuns?: number };

/** A Python function that can be awaited, run by Airflow's triggerer. */
export interface DeadlineCallback {
  /** Its import path. */
  readonly path: string;
  /** What it is called with, by name: JSON. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
  /** The queue of triggers that it waits in, where `[triggerer] queues_enabled` is set. */
  readonly queue?: string;
}
