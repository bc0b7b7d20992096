/**
 * The tables of the store. A table's shape has a check for each field of a row, which a state file
 * must pass; the types of rows follow from the shapes.
 *
 * @module
 */

import type { AssetEventDagRunReference, HITLUser } from "../../protocol/generated.ts";
import { isJsonObject } from "../../protocol/json_value.ts";
import { isPlainObject } from "../../values.ts";

/** Tells whether a value fits a field. */
type Check<T> = (value: unknown) => value is T;
/** The check of a field that a row may leave out. */
interface OptionalCheck<T> {
  (value: unknown): value is T | undefined;
  readonly isOptional: true;
}
type Shape = Readonly<Record<string, Check<unknown>>>;
/** The row that fits a shape. */
type RowOf<S extends Shape> =
  & {
    readonly [F in keyof S as S[F] extends OptionalCheck<unknown> ? never : F]: S[F] extends
      Check<infer T> ? T : never;
  }
  & {
    readonly [F in keyof S as S[F] extends OptionalCheck<unknown> ? F : never]?: S[F] extends
      OptionalCheck<infer T> ? T : never;
  };

/** Which state store: one for each task instance and each asset. */
export type StateScope = `ti:${string}` | `asset:${string}`;
/** One part of a row's key. */
export type KeyPart = string | number;

const text: Check<string> = (value) => typeof value === "string";
const flag: Check<boolean> = (value) => typeof value === "boolean";
const instant: Check<Temporal.Instant> = (value) => value instanceof Temporal.Instant;
const anything: Check<unknown> = (value): value is unknown => value !== undefined;
const integer: Check<number> = (value): value is number => Number.isInteger(value);
const scope: Check<StateScope> = (value): value is StateScope =>
  text(value) && /^(?:ti|asset):/.test(value);
const user: Check<HITLUser> = (value): value is HITLUser => isPlainObject(value);
const assetEvent: Check<AssetEventDagRunReference> = (
  value,
): value is AssetEventDagRunReference => isPlainObject(value);
const taskGroups: Check<Readonly<Record<string, readonly string[]>>> = (
  value,
): value is Readonly<Record<string, readonly string[]>> =>
  isPlainObject(value) && Object.values(value).every(listOf(text));

function listOf<T>(check: Check<T>): Check<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(check);
}

function orNull<T>(check: Check<T>): Check<T | null> {
  return (value) => value === null || check(value);
}

function optional<T>(check: Check<T>): OptionalCheck<T> {
  const orAbsent = (value: unknown): value is T | undefined => value === undefined || check(value);
  return Object.assign(orAbsent, { isOptional: true } as const);
}

const CONNECTION = {
  conn_id: text,
  conn_type: text,
  host: orNull(text),
  schema: orNull(text),
  login: orNull(text),
  password: orNull(text),
  port: orNull(integer),
  extra: orNull(text),
};
/** A connection, with Airflow's field names. */
export type ConnectionRow = RowOf<typeof CONNECTION>;

const VARIABLE = { key: text, value: orNull(text) };

const TASK_INSTANCE_KEY = { dagId: text, runId: text, taskId: text, mapIndex: integer };
/** The key of a task instance; the map index of a task that is not mapped is -1. */
export type TaskInstanceKey = RowOf<typeof TASK_INSTANCE_KEY>;

const XCOM = { ...TASK_INSTANCE_KEY, key: text, value: anything };
/** An XCom. */
export type XCom = RowOf<typeof XCOM>;
/** The XComs of one name that a task has pushed in a run, of all map indexes. */
export type XComSeries = Omit<XCom, "mapIndex" | "value">;

const STATE = { scope, key: text, value: anything, expiresAt: orNull(instant) };
/** A value in the state store of a task or an asset. */
export type StateRow = RowOf<typeof STATE>;

const DAG = {
  dagId: text,
  isPaused: optional(flag),
  bundleName: optional(orNull(text)),
  bundleVersion: optional(orNull(text)),
  relativeFileloc: optional(orNull(text)),
  owners: optional(orNull(text)),
  tags: optional(listOf(text)),
  nextDagrun: optional(orNull(instant)),
  // The ids of the tasks in each group.
  taskGroups: optional(taskGroups),
  // The state of a run that a task triggers; queued by default.
  triggeredState: optional(text),
};
/** A Dag. */
export type DagRow = RowOf<typeof DAG>;

const DAG_RUN = {
  dagId: text,
  runId: text,
  state: text,
  logicalDate: optional(orNull(instant)),
  // The logical date by default, as is the end.
  dataIntervalStart: optional(orNull(instant)),
  dataIntervalEnd: optional(orNull(instant)),
  runAfter: optional(instant),
  startDate: optional(orNull(instant)),
  endDate: optional(orNull(instant)),
  runType: optional(text),
  conf: optional(isJsonObject),
  note: optional(orNull(text)),
  partitionKey: optional(orNull(text)),
  clearNumber: optional(integer),
  triggeringUserName: optional(orNull(text)),
  consumedAssetEvents: optional(listOf(assetEvent)),
};
/** A Dag run. */
export type DagRunRow = RowOf<typeof DAG_RUN>;

const TASK_INSTANCE = {
  ...TASK_INSTANCE_KEY,
  id: text,
  state: orNull(text),
  tryNumber: optional(integer),
  startDate: optional(orNull(instant)),
  endDate: optional(orNull(instant)),
  operator: optional(orNull(text)),
  renderedMapIndex: optional(orNull(text)),
  renderedFields: optional(isJsonObject),
  // In the current try.
  firstRescheduleDate: optional(orNull(instant)),
};
/** A task instance in its last try. */
export type TaskInstanceRow = RowOf<typeof TASK_INSTANCE>;

const ASSET = {
  name: text,
  uri: text,
  group: text,
  extra: isJsonObject,
  // True when a Dag declares the asset; tasks find no other assets.
  active: flag,
};
/** An asset. */
export type AssetRow = RowOf<typeof ASSET>;

const ASSET_ALIAS = { name: text, assets: listOf(text) };
/** An asset alias and the names of the assets with events through it. */
export type AssetAliasRow = RowOf<typeof ASSET_ALIAS>;

const ASSET_EVENT = {
  id: integer,
  // The asset's name.
  asset: text,
  timestamp: instant,
  extra: isJsonObject,
  sourceTaskId: orNull(text),
  sourceDagId: orNull(text),
  sourceRunId: orNull(text),
  sourceMapIndex: orNull(integer),
  sourceAliases: listOf(text),
  partitionKey: orNull(text),
};
/** An asset event. */
export type AssetEventRow = RowOf<typeof ASSET_EVENT>;

const HITL = {
  ...TASK_INSTANCE_KEY,
  options: listOf(text),
  subject: text,
  body: orNull(text),
  // The options that are chosen after a timeout.
  defaults: orNull(listOf(text)),
  multiple: flag,
  params: isJsonObject,
  assignedUsers: listOf(user),
};
/** A task's question to a human. */
export type HitlRow = RowOf<typeof HITL>;

/** A table: the fields of its key, how to check a row, and how to get the key of a row. */
export interface TableDefinition<Row> {
  /** The fields of the key. */
  readonly key: readonly string[];
  /** True when `value` is a row. */
  readonly isRow: (value: unknown) => value is Row;
  /** The key of a row. */
  readonly keyOf: (row: Row) => KeyPart[];
}

/** Every table of the store. */
export const TABLES = {
  connection: table(CONNECTION, ["conn_id"]),
  variable: table(VARIABLE, ["key"]),
  xcom: table(XCOM, ["dagId", "runId", "taskId", "key", "mapIndex"]),
  state: table(STATE, ["scope", "key"]),
  dag: table(DAG, ["dagId"]),
  dagRun: table(DAG_RUN, ["dagId", "runId"]),
  taskInstance: table(TASK_INSTANCE, ["dagId", "runId", "taskId", "mapIndex"]),
  asset: table(ASSET, ["name"]),
  assetAlias: table(ASSET_ALIAS, ["name"]),
  assetEvent: table(ASSET_EVENT, ["id"]),
  hitl: table(HITL, ["dagId", "runId", "taskId", "mapIndex"]),
};

/** The name of a table. */
export type TableName = keyof typeof TABLES;
/** The row of a table. */
export type TableRow<T extends TableName> = (typeof TABLES)[T] extends TableDefinition<infer Row>
  ? Row
  : never;

function table<S extends Shape>(
  shape: S,
  key: readonly (keyof RowOf<S> & string)[],
): TableDefinition<RowOf<S>> {
  const checks = Object.entries(shape);
  return {
    key,
    isRow: (value): value is RowOf<S> =>
      isPlainObject(value) && checks.every(([field, check]) => check(value[field])),
    keyOf: (row) =>
      key.map((field) => {
        const part: unknown = row[field];
        return typeof part === "number" ? part : String(part);
      }),
  };
}
