/**
 * Tasks of Apache Airflow, written in TypeScript.
 *
 * Bind a function to a task with {@linkcode TaskHandler}, register the handlers of a file with a
 * {@linkcode Bundle}, and call {@linkcode Bundle.serve}.
 *
 * @example
 * ```ts
 * import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const extract = new TaskHandler("etl", "extract", async (_args, ctx) => {
 *   const since = await ctx.variables.get("since", { default: "1970-01-01" });
 *   ctx.log.info("extracting", { since });
 *   return { rows: 42 }; // becomes the XCom return_value
 * });
 * const bundle = new Bundle().register(extract);
 * // await bundle.serve();
 * ```
 *
 * @module
 */
export { type ErrorCode, TaskRuntimeError, type TaskRuntimeErrorOptions } from "./src/error.ts";
export type { JsonObject, JsonValue, TaskInstanceState } from "./src/protocol/generated.ts";
export { Bundle, type BundleOptions, type ServeOptions } from "./src/runtime/bundle.ts";
export { VERSION } from "./src/runtime/version.ts";
export type { Connection, ConnectionGetOptions, Connections } from "./src/sdk/connections.ts";
export type {
  AssetAliasHandle,
  AssetDetails,
  AssetEvent,
  AssetEventDagRun,
  AssetEventOptions,
  AssetEventSource,
  AssetHandle,
  AssetRef,
  Assets,
  TriggeringAssetEvent,
} from "./src/sdk/assets.ts";
export { branch, type BranchChoice, type BranchOptions } from "./src/sdk/branch.ts";
export {
  getContext,
  type SkippedTask,
  type TaskContext,
  type TaskInstance,
} from "./src/sdk/context.ts";
export type { DagDetails, Dags } from "./src/sdk/dags.ts";
export type {
  DagRun,
  DagRunFilter,
  DagRuns,
  PreviousDagRunOptions,
  SuccessfulDagRun,
  TriggeredDagRun,
  TriggerOptions,
  WaitOptions,
} from "./src/sdk/dag_runs.ts";
export { TaskLogHandler } from "./src/sdk/log_handler.ts";
export type { LogFields, Logger } from "./src/sdk/logger.ts";
export type { Duration, DurationParts, Timestamp } from "./src/sdk/time.ts";
export type {
  AliasOutlets,
  NewAsset,
  OutletExtra,
  OutletOptions,
  Outlets,
} from "./src/sdk/outlets.ts";
export type {
  AssetStateStore,
  StateGetOptions,
  StateSetOptions,
  TaskStateStore,
} from "./src/sdk/state.ts";
export type {
  PreviousTaskInstance,
  PreviousTaskInstanceOptions,
  TaskBreadcrumb,
  TaskInstanceCountFilter,
  TaskInstanceFilter,
  TaskInstances,
  TaskStates,
} from "./src/sdk/tasks.ts";
export type {
  JsonSchemaConverter,
  SchemaIssue,
  SchemaPathStep,
  SchemaResult,
  StandardSchema,
  StandardSchemaProperties,
} from "./src/sdk/standard_schema.ts";
export type {
  Continuation,
  Continuations,
  Handler,
  ResumableHandler,
  ResumedTask,
  RetryAfter,
  RetryDecision,
  RetryPolicy,
  TaskArgs,
} from "./src/sdk/handler.ts";
export {
  type CheckedResultOptions,
  handlersFor,
  TaskHandler,
  type TaskHandlerFactory,
  type TaskHandlerOptions,
  type UncheckedResultOptions,
} from "./src/sdk/task_handler.ts";
export type {
  VariableGetOptions,
  VariableKeysOptions,
  Variables,
  VariableSetOptions,
} from "./src/sdk/variables.ts";
export type {
  XComAddress,
  XComDefault,
  XComDeleteOptions,
  XComPullOptions,
  XComPushOptions,
  XComs,
  XComSequenceOptions,
  XComSliceOptions,
} from "./src/sdk/xcoms.ts";
export { defer, type DeferOptions, type TriggerSource } from "./src/sdk/defer.ts";
export {
  DeferTask,
  type DeferTaskOptions,
  FailTask,
  RescheduleTask,
  RetryTask,
  type RetryTaskOptions,
  SkipTask,
  TerminalState,
} from "./src/sdk/terminal_state.ts";
export type { PermissionList, Permissions } from "./src/sdk/permissions.ts";
export { type PokeResult, sensor, type SensorOptions } from "./src/sdk/sensor.ts";
export {
  type Answer,
  answered,
  type Approval,
  type ApprovalOption,
  type ApprovalQuestion,
  approve,
  type ApproveOptions,
  ask,
  AwaitInput,
  type AwaitInputOptions,
  type Question,
  type QuestionParam,
  type QuestionSource,
  type QuestionUser,
} from "./src/sdk/question.ts";
export {
  dateTimeTrigger,
  type ExternalTaskEvent,
  externalTaskTrigger,
  type ExternalTaskTriggerOptions,
  fileTrigger,
  type FileTriggerOptions,
  timeDeltaTrigger,
  Trigger,
} from "./src/sdk/trigger.ts";
export {
  allOf,
  anyOf,
  Asset,
  AssetAlias,
  type AssetAll,
  type AssetAny,
  type AssetCondition,
  type AssetOptions,
  type AssetReference,
  type AssetWatcher,
} from "./src/sdk/dag/asset.ts";
export type {
  CaseChain,
  ElseChain,
  IfChain,
  ShortCircuitOptions,
} from "./src/sdk/dag/branching.ts";
export type { CronPreset } from "./src/sdk/dag/cron.ts";
export { Dag } from "./src/runtime/dag/dag.ts";
export type { DagLoader, DagLoaderContext, Registered } from "./src/runtime/dag/dag_loader.ts";
export type {
  DagOptions,
  DagRunType,
  DeadlineAlert,
  DeadlineCallback,
  DeadlineReference,
} from "./src/sdk/dag/dag_options.ts";
export type { TaskGroupOptions } from "./src/sdk/dag/definition.ts";
export type { DagNode, EdgeOptions } from "./src/sdk/dag/node.ts";
export type { ExternalTaskSensorOptions, TriggerDagRunOptions } from "./src/sdk/dag/operator.ts";
export type {
  ParamDefinitions,
  ParamSchema,
  ParamType,
  ParamTypes,
  ParamValue,
  ParamValues,
} from "./src/sdk/dag/param.ts";
export type {
  AssetOrTimeTimetable,
  CronIntervalTimetable,
  CronTimetable,
  DeltaIntervalTimetable,
  DeltaTimetable,
  EventsTimetable,
  MultipleCronTimetable,
  NamedTimetable,
  Schedule,
  Timetable,
} from "./src/sdk/dag/schedule.ts";
export type { CallOf, Mappable, TaskFactory } from "./src/sdk/dag/task_factory.ts";
export type {
  DagTaskContext,
  DagTaskHandler,
  GroupItems,
  NoArgs,
  TaskGroup,
  TaskMaker,
} from "./src/sdk/dag/task_group.ts";
export type { TaskOptions, TriggerRule, WeightRule } from "./src/sdk/dag/task_options.ts";
export {
  concat,
  type ItemOf,
  type ItemsOf,
  type ListRef,
  type TaskRef,
  type TeardownOptions,
  zip,
} from "./src/sdk/dag/task_ref.ts";
export type { Input, Inputs, MapSource, MapSources, ValueRef } from "./src/sdk/dag/value_ref.ts";
