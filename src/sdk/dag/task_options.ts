/**
 * How Airflow runs a task.
 *
 * @module
 */
import type { Continuations } from "../handler.ts";
import type { Duration, Moment } from "../time.ts";
import type { RetryPolicy } from "../handler.ts";
import { Asset, AssetAlias } from "./asset.ts";
import { checkOptions, invalid, type OptionKind } from "./checks.ts";
import { type ParamDefinitions, readParams } from "./param.ts";

/** When a task may run, by the states of those before it. */
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

/** How much a task weighs when a pool is short. */
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

/** How Airflow runs a task; the Dag's `defaultArgs` stand in for what is not said here. */
export interface TaskOptions {
  /** How often it is tried again after a failure; 0 by default. */
  retries?: number;
  /** How long it waits before the next try; 5 minutes by default. */
  retryDelay?: Duration;
  /** By how much that wait is multiplied from try to try; 0 (the default) leaves it as it is. */
  retryExponentialBackoff?: number;
  /** The longest such wait. */
  maxRetryDelay?: Duration;
  /** Decides, by the error, whether another try is worth it. */
  retryPolicy?: RetryPolicy;
  /** How long it may run; the runtime ends it then, and it fails. */
  executionTimeout?: Duration;
  /** The queue it is sent to, which decides on the coordinator: `[sdk] queue_to_coordinator`. */
  queue?: string;
  /** The pool that it takes slots of. */
  pool?: string;
  /** How many slots it takes; 1 by default. */
  poolSlots?: number;
  /** What it weighs; 1 by default. */
  priorityWeight?: number;
  /** Whether the weights behind it, before it, or none are added; `"downstream"` by default. */
  weightRule?: WeightRule;
  /** When it may run, by the states of those before it; `"all_success"` by default. */
  triggerRule?: TriggerRule;
  /** Whether it waits for its own success in the run before. */
  dependsOnPast?: boolean;
  /** Whether that does not hold for the first run. */
  ignoreFirstDependsOnPast?: boolean;
  /** Whether it waits for the run before even when it is to be skipped. */
  waitForPastDependsBeforeSkipping?: boolean;
  /** Whether it waits for the tasks behind it in the run before. */
  waitForDownstream?: boolean;
  /** From when on it runs; the Dag's by default. */
  startDate?: Moment;
  /** Until when it runs; the Dag's by default. */
  endDate?: Moment;
  /** Who it belongs to; `"airflow"` by default. */
  owner?: string;
  /** What the UI calls it; its id by default. */
  displayName?: string;
  /** Its documentation, as plain text. */
  doc?: string;
  /** Its documentation, in Markdown. */
  docMd?: string;
  /** Its documentation, as JSON. */
  docJson?: string;
  /** Its documentation, as YAML. */
  docYaml?: string;
  /** Its documentation, in reStructuredText. */
  docRst?: string;
  /** Params of its own, over the Dag's. */
  params?: ParamDefinitions;
  /** How many of its instances run at a time, over all runs. */
  maxActiveTisPerDag?: number;
  /** How many of its instances run at a time, within one run. */
  maxActiveTisPerDagrun?: number;
  /** The executor, by name. */
  executor?: string;
  /** What the executor is told: a JSON object. */
  executorConfig?: Readonly<Record<string, unknown>>;
  /** Whether what it returns becomes an XCom; true by default. */
  doXcomPush?: boolean;
  /** Whether each field of what it returns becomes an XCom of its own, too. */
  multipleOutputs?: boolean;
  /** Whether what it returns is the result of the Dag run. */
  returnsDagResult?: boolean;
  /** The assets it reads. */
  inlets?: readonly (Asset | AssetAlias)[];
  /** The assets it updates: Airflow is told of each when it succeeds. */
  outlets?: readonly (Asset | AssetAlias)[];
  /**
   * What the UI shows in the place of a map index: a text in which `{{ name }}` and
   * `{{ name.field }}` stand for the arguments that the instance is called with.
   */
  mapIndexTemplate?: string;
  /** Where the task goes on that deferred itself or asked somebody, by name. */
  continuations?: Continuations;
}

/** The kinds of the options; Airflow's names are these, in snake_case. */
export const TASK_OPTION_KINDS = {
  retries: "count",
  retryDelay: "length",
  retryExponentialBackoff: "number",
  maxRetryDelay: "length",
  retryPolicy: "own",
  executionTimeout: "length",
  queue: "text",
  pool: "text",
  poolSlots: "positive",
  priorityWeight: "whole",
  weightRule: WEIGHT_RULES,
  triggerRule: TRIGGER_RULES,
  dependsOnPast: "flag",
  ignoreFirstDependsOnPast: "flag",
  waitForPastDependsBeforeSkipping: "flag",
  waitForDownstream: "flag",
  startDate: "moment",
  endDate: "moment",
  owner: "text",
  displayName: "own",
  doc: "text",
  docMd: "text",
  docJson: "text",
  docYaml: "text",
  docRst: "text",
  params: "own",
  maxActiveTisPerDag: "positive",
  maxActiveTisPerDagrun: "positive",
  executor: "text",
  executorConfig: "object",
  doXcomPush: "flag",
  multipleOutputs: "flag",
  returnsDagResult: "flag",
  inlets: "own",
  outlets: "own",
  mapIndexTemplate: "text",
  continuations: "own",
} as const satisfies Readonly<Record<keyof TaskOptions, OptionKind>>;

/**
 * Makes sure that Airflow takes the options of a task.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the option
 */
export function checkTaskOptions(what: string, options: TaskOptions): void {
  checkOptions(what, options, TASK_OPTION_KINDS);
  const { displayName, inlets = [], outlets = [], params, retryPolicy } = options;
  if (displayName !== undefined && typeof displayName !== "string") {
    throw invalid(what, 'its "displayName" must be a text');
  }
  if (retryPolicy !== undefined && typeof retryPolicy !== "function") {
    throw invalid(what, 'its "retryPolicy" is no function');
  }
  for (const [name, assets] of Object.entries({ inlets, outlets })) {
    const isList = Array.isArray(assets) &&
      assets.every((each) => each instanceof Asset || each instanceof AssetAlias);
    if (!isList) throw invalid(what, `its "${name}" must be a list of Asset and AssetAlias`);
  }
  readParams(what, params);
}
