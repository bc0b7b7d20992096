/**
 * Whether what was read from a file is a row: the door of a store that outlives its process.
 *
 * @module
 */

import type { KeyPart } from "./rows.ts";
import type { TableName, Tables } from "./store_tables.ts";
import { isPlainObject } from "../../values.ts";

type Check = (value: unknown) => boolean;
type Shape<Row> = { readonly [Field in keyof Row]-?: Check };

/** What is known of a table: the fields that make up a row's key, and how to check a row. */
export interface TableDefinition<Row> {
  /** The fields that name a row. */
  readonly key: readonly (keyof Row & string)[];
  /** Whether `value` is a row. */
  readonly isRow: (value: unknown) => value is Row;
  /** The key of a row. */
  readonly keyOf: (row: Row) => KeyPart[];
}

const text: Check = (value) => typeof value === "string";
const whole: Check = (value) => Number.isInteger(value);
const flag: Check = (value) => typeof value === "boolean";
const object: Check = isPlainObject;
const instant: Check = (value) => value instanceof Temporal.Instant;
const anything: Check = () => true;
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
const orNull = (check: Check): Check => (value) => value === null || check(value);
const optional = (check: Check): Check => (value) => value === undefined || check(value);

const TASK_INSTANCE_KEY = { dagId: text, runId: text, taskId: text, mapIndex: whole };

/** Every table of the store. */
export const TABLES: { readonly [T in TableName]: TableDefinition<Tables[T]> } = {
  connection: table<Tables["connection"]>(["conn_id"], {
    conn_id: text,
    conn_type: text,
    host: orNull(text),
    schema: orNull(text),
    login: orNull(text),
    password: orNull(text),
    port: orNull(whole),
    extra: orNull(text),
  }),
  variable: table<Tables["variable"]>(["key"], { key: text, value: orNull(text) }),
  xcom: table<Tables["xcom"]>(["dagId", "runId", "taskId", "key", "mapIndex"], {
    ...TASK_INSTANCE_KEY,
    key: text,
    value: anything,
  }),
  state: table<Tables["state"]>(["scope", "key"], {
    scope: text,
    key: text,
    value: anything,
    expiresAt: orNull(instant),
  }),
  dag: table<Tables["dag"]>(["dagId"], {
    dagId: text,
    isPaused: optional(flag),
    bundleName: optional(orNull(text)),
    bundleVersion: optional(orNull(text)),
    relativeFileloc: optional(orNull(text)),
    owners: optional(orNull(text)),
    tags: optional(listOf(text)),
    nextDagrun: optional(orNull(instant)),
    taskGroups: optional((value) =>
      isPlainObject(value) && Object.values(value).every(listOf(text))
    ),
    triggeredState: optional(text),
  }),
  dagRun: table<Tables["dagRun"]>(["dagId", "runId"], {
    dagId: text,
    runId: text,
    state: text,
    logicalDate: optional(orNull(instant)),
    dataIntervalStart: optional(orNull(instant)),
    dataIntervalEnd: optional(orNull(instant)),
    runAfter: optional(instant),
    startDate: optional(orNull(instant)),
    endDate: optional(orNull(instant)),
    runType: optional(text),
    conf: optional(object),
    note: optional(orNull(text)),
    partitionKey: optional(orNull(text)),
    clearNumber: optional(whole),
    triggeringUserName: optional(orNull(text)),
    consumedAssetEvents: optional(listOf(object)),
  }),
  taskInstance: table<Tables["taskInstance"]>(["dagId", "runId", "taskId", "mapIndex"], {
    ...TASK_INSTANCE_KEY,
    id: text,
    state: orNull(text),
    tryNumber: optional(whole),
    startDate: optional(orNull(instant)),
    endDate: optional(orNull(instant)),
    operator: optional(orNull(text)),
    renderedMapIndex: optional(orNull(text)),
    renderedFields: optional(object),
    firstRescheduleDate: optional(orNull(instant)),
  }),
  asset: table<Tables["asset"]>(["name"], {
    name: text,
    uri: text,
    group: text,
    extra: object,
    active: flag,
  }),
  assetAlias: table<Tables["assetAlias"]>(["name"], { name: text, assets: listOf(text) }),
  assetEvent: table<Tables["assetEvent"]>(["id"], {
    id: whole,
    asset: text,
    timestamp: instant,
    extra: object,
    sourceTaskId: orNull(text),
    sourceDagId: orNull(text),
    sourceRunId: orNull(text),
    sourceMapIndex: orNull(whole),
    sourceAliases: listOf(text),
    partitionKey: orNull(text),
  }),
  hitl: table<Tables["hitl"]>(["dagId", "runId", "taskId", "mapIndex"], {
    ...TASK_INSTANCE_KEY,
    options: listOf(text),
    subject: text,
    body: orNull(text),
    defaults: orNull(listOf(text)),
    multiple: flag,
    params: object,
    assignedUsers: listOf(object),
  }),
};

function table<Row>(
  key: readonly (keyof Row & string)[],
  shape: Shape<Row>,
): TableDefinition<Row> {
  const checks = Object.entries<Check>(shape);
  return {
    key,
    isRow: (value): value is Row =>
      isPlainObject(value) && checks.every(([field, check]) => check(value[field])),
    keyOf: (row) => key.map((field) => keyPart(row[field])),
  };
}

function keyPart(value: unknown): KeyPart {
  return typeof value === "number" ? value : String(value);
}
