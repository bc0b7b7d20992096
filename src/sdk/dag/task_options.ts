/**
 * The options of a task in a Dag.
 *
 * @module
 */
import type { Continuations } from "../handler.ts";
import type { Duration, Timestamp } from "../time.ts";
import type { RetryPolicy } from "../handler.ts";
import { Asset, AssetAlias } from "./asset.ts";
import { checkOptions, invalid, type OptionKind } from "./checks.ts";
import { type ParamDefinitions, readParams } from "./param.ts";

/** The condition on the states of upstream tasks under which a task runs. */
export type TriggerRule =
  | "all_success"
  | "all_failed"
  | "all_done"
  | "all_done_min_one_success"
  | "all_done_setup_success"
  | "one_success"
  | "one_failed"
  | "one_done"
  | "none_failed"
  | "none_skipped"
  | "always"
  | "none_failed_min_one_success"
  | "all_skipped";

/** The rule by which Airflow adds priority weights. */
export type WeightRule = "downstream" | "upstream" | "absolute";

const TRIGGER_RULES: readonly TriggerRule[] = [
  "all_success",
  "all_failed",
  "all_done",
  "all_done_min_one_success",
  "all_done_setup_success",
  "one_success",
  "one_failed",
  "one_done",
  "none_failed",
  "none_skipped",
  "always",
  "none_failed_min_one_success",
  "all_skipped",
];

const WEIGHT_RULES: readonly WeightRule[] = ["downstream", "upstream", "absolute"];

/** Options of a task; the Dag's `defaultArgs` has defaults. */
export interface TaskOptions {
  /** The number of retries after a failure; 0 by default. */
  retries?: number;
  /** The delay before a retry; 5 minutes by default. */
  retryDelay?: Duration;
  /** The factor by which the delay grows from retry to retry; 0, the default, keeps it the same. */
  retryExponentialBackoff?: number;
  /** The longest delay before a retry. */
  maxRetryDelay?: Duration;
  /** Decides by the error whether the task is retried. */
  retryPolicy?: RetryPolicy;
  /** The time limit of a try, which then fails. */
  executionTimeout?: Duration;
  /** The queue, which selects the coordinator: `[sdk] queue_to_coordinator`. */
  queue?: string;
  /** The pool. */
  pool?: string;
  /** The number of pool slots that the task takes; 1 by default. */
  poolSlots?: number;
  /** The priority weight; 1 by default. */
  priorityWeight?: number;
  /** The other tasks whose weights Airflow adds; `"downstream"` by default. */
  weightRule?: WeightRule;
  /** The condition on the states of upstream tasks; `"all_success"` by default. */
  triggerRule?: TriggerRule;
  /** Runs only if the task succeeded or was skipped in the previous run. */
  dependsOnPast?: boolean;
  /** Ignores `dependsOnPast` in the first run. */
  ignoreFirstDependsOnPast?: boolean;
  /** Waits for the previous run even if the task is to be skipped. */
  waitForPastDependsBeforeSkipping?: boolean;
  /** Waits for the directly downstream tasks of the previous run. */
  waitForDownstream?: boolean;
  /** The earliest logical date; the Dag's start date by default. */
  startDate?: Timestamp;
  /** The latest logical date; the Dag's end date by default. */
  endDate?: Timestamp;
  /** The owner; `"airflow"` by default. */
  owner?: string;
  /** The name in the UI; the id by default. */
  displayName?: string;
  /** Documentation, as plain text. */
  doc?: string;
  /** Documentation, in Markdown. */
  docMd?: string;
  /** Documentation, as JSON. */
  docJson?: string;
  /** Documentation, as YAML. */
  docYaml?: string;
  /** Documentation, in reStructuredText. */
  docRst?: string;
  /** Params, which override the Dag's. */
  params?: ParamDefinitions;
  /** The maximum number of instances that run at the same time, over all runs. */
  maxActiveTisPerDag?: number;
  /** The maximum number of instances that run at the same time, in one run. */
  maxActiveTisPerDagrun?: number;
  /** The name of the executor. */
  executor?: string;
  /** Configuration for the executor: a JSON object. */
  executorConfig?: Readonly<Record<string, unknown>>;
  /** Pushes the result as an XCom; true by default. */
  doXcomPush?: boolean;
  /** Pushes each field of the result as an XCom too. */
  multipleOutputs?: boolean;
  /** Makes the task's result the result of the Dag run. */
  returnsDagResult?: boolean;
  /** The assets that the task reads. */
  inlets?: readonly (Asset | AssetAlias)[];
  /** The assets that the task updates when it succeeds. */
  outlets?: readonly (Asset | AssetAlias)[];
  /**
   * The label of an instance in the UI instead of its map index: a template in which `{{ name }}` and
   * `{{ name.field }}` are replaced by the arguments of the instance.
   */
  mapIndexTemplate?: string;
  /** Named continuations, which run after a deferral or a human response. */
  continuations?: Continuations;
}

/** The kinds of the options; in snake_case these are Airflow's names. */
export const TASK_OPTION_KINDS = {
  retries: "count",
  retryDelay: "duration",
  retryExponentialBackoff: "number",
  maxRetryDelay: "duration",
  retryPolicy: "own",
  executionTimeout: "duration",
  queue: "string",
  pool: "string",
  poolSlots: "positive",
  priorityWeight: "integer",
  weightRule: WEIGHT_RULES,
  triggerRule: TRIGGER_RULES,
  dependsOnPast: "flag",
  ignoreFirstDependsOnPast: "flag",
  waitForPastDependsBeforeSkipping: "flag",
  waitForDownstream: "flag",
  startDate: "time",
  endDate: "time",
  owner: "string",
  displayName: "own",
  doc: "string",
  docMd: "string",
  docJson: "string",
  docYaml: "string",
  docRst: "string",
  params: "own",
  maxActiveTisPerDag: "positive",
  maxActiveTisPerDagrun: "positive",
  executor: "string",
  executorConfig: "object",
  doXcomPush: "flag",
  multipleOutputs: "flag",
  returnsDagResult: "flag",
  inlets: "own",
  outlets: "own",
  mapIndexTemplate: "string",
  continuations: "own",
} as const satisfies Readonly<Record<keyof TaskOptions, OptionKind>>;

/**
 * Checks that Airflow accepts the options of a task.
 *
 * @throws {TaskRuntimeError} `INVALID` with the first wrong option
 */
export function checkTaskOptions(what: string, options: TaskOptions): void {
  checkOptions(what, options, TASK_OPTION_KINDS);
  const { displayName, inlets = [], outlets = [], params, retryPolicy } = options;
  if (displayName !== undefined && typeof displayName !== "string") {
    throw invalid(what, 'its "displayName" must be a string');
  }
  if (retryPolicy !== undefined && typeof retryPolicy !== "function") {
    throw invalid(what, 'its "retryPolicy" must be a function');
  }
  for (const [name, assets] of Object.entries({ inlets, outlets })) {
    const isList = Array.isArray(assets) &&
      assets.every((each) => each instanceof Asset || each instanceof AssetAlias);
    if (!isList) throw invalid(what, `its "${name}" must be a list of Asset and AssetAlias`);
  }
  readParams(what, params);
}
