/**
 * What Airflow keeps between tasks, table by table: the rows, and what names a row.
 *
 * @module
 */

import type { AssetEventDagRunReference, HITLUser, JsonObject } from "../../protocol/generated.ts";
import type { Connection } from "../fixtures/connection.ts";

/** A point in time, or null where there is none. */
export type Moment = Temporal.Instant | null;

/** A variable. */
export interface VariableRow {
  /** Its name. */
  readonly key: string;
  /** Its text; null is possible. */
  readonly value: string | null;
}

/** Where XComs of one name live: all map indexes of one task in one run. */
export interface XComSeries {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** The task that pushed. */
  readonly taskId: string;
  /** The XCom's name, e.g. `return_value`. */
  readonly key: string;
}

/** One XCom. */
export interface XCom extends XComSeries {
  /** The mapped task's index; -1 when the task is not mapped. */
  readonly mapIndex: number;
  /** The JSON value. */
  readonly value: unknown;
}

/** Which of the key-value stores: one a task instance, one an asset (by its name). */
export type StateScope = `ti:${string}` | `asset:${string}`;

/** One value of a task's or an asset's state store. */
export interface StateRow {
  /** Whose store. */
  readonly scope: StateScope;
  /** The value's name. */
  readonly key: string;
  /** The JSON value. */
  readonly value: unknown;
  /** When it may be cleaned away; null for never. */
  readonly expiresAt: Moment;
}

/** A Dag, as far as tasks can ask about it. */
export interface DagRow {
  /** The Dag's id. */
  readonly dagId: string;
  /** Whether its schedule is paused; false when absent. */
  readonly isPaused?: boolean;
  /** The name of its Dag bundle; `local` when absent. */
  readonly bundleName?: string | null;
  /** The version of its Dag bundle. */
  readonly bundleVersion?: string | null;
  /** The path of its file inside the bundle; `<dagId>.py` when absent. */
  readonly relativeFileloc?: string | null;
  /** Its owners; `airflow` when absent. */
  readonly owners?: string | null;
  /** Its tags. */
  readonly tags?: readonly string[];
  /** When its next run is due. */
  readonly nextDagrun?: Moment;
  /** The ids of the tasks in each task group. */
  readonly taskGroups?: Readonly<Record<string, readonly string[]>>;
  /** The state in which a run is found that a task has triggered; `queued` when absent. */
  readonly triggeredState?: string;
}

/** A Dag run. */
export interface DagRunRow {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** queued, running, success or failed. */
  readonly state: string;
  /** Its logical date. */
  readonly logicalDate?: Moment;
  /** The begin of its data interval; the logical date when absent. */
  readonly dataIntervalStart?: Moment;
  /** The end of its data interval; the logical date when absent. */
  readonly dataIntervalEnd?: Moment;
  /** When it may run; the logical date when absent. */
  readonly runAfter?: Temporal.Instant;
  /** When it began. */
  readonly startDate?: Moment;
  /** When it ended. */
  readonly endDate?: Moment;
  /** How it came to be; `manual` when absent. */
  readonly runType?: string;
  /** Its configuration. */
  readonly conf?: JsonObject;
  /** Its note. */
  readonly note?: string | null;
  /** The key of its partition. */
  readonly partitionKey?: string | null;
  /** How often it was cleared. */
  readonly clearNumber?: number;
  /** Who triggered it. */
  readonly triggeringUserName?: string | null;
  /** The asset events that triggered it. */
  readonly consumedAssetEvents?: readonly AssetEventDagRunReference[];
}

/** What names a task instance, whatever its try. */
export interface TaskInstanceKey {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** The task's id. */
  readonly taskId: string;
  /** The mapped task's index; -1 when the task is not mapped. */
  readonly mapIndex: number;
}

/** A task instance in its last try. */
export interface TaskInstanceRow extends TaskInstanceKey {
  /** The task instance's UUID. */
  readonly id: string;
  /** Airflow's state; null before it is scheduled. */
  readonly state: string | null;
  /** The number of its try; 1 when absent. */
  readonly tryNumber?: number;
  /** When the try began. */
  readonly startDate?: Moment;
  /** When the try ended. */
  readonly endDate?: Moment;
  /** Airflow's name of the operator; that of a stub task when absent. */
  readonly operator?: string | null;
  /** The label of its map index. */
  readonly renderedMapIndex?: string | null;
  /** Its rendered fields. */
  readonly renderedFields?: JsonObject;
  /** When it was first rescheduled in this try. */
  readonly firstRescheduleDate?: Moment;
}

/** An asset. */
export interface AssetRow {
  /** Its name. */
  readonly name: string;
  /** Its URI. */
  readonly uri: string;
  /** Its group. */
  readonly group: string;
  /** Extra data. */
  readonly extra: JsonObject;
  /** Whether a Dag still declares it; the others are not found. */
  readonly active: boolean;
}

/** The assets that events have come to through an alias. */
export interface AssetAliasRow {
  /** The alias's name. */
  readonly name: string;
  /** The names of the assets. */
  readonly assets: readonly string[];
}

/** An asset event. */
export interface AssetEventRow {
  /** Its number, from 1. */
  readonly id: number;
  /** The asset's name. */
  readonly asset: string;
  /** When it happened. */
  readonly timestamp: Temporal.Instant;
  /** Extra data. */
  readonly extra: JsonObject;
  /** The task that emitted it. */
  readonly sourceTaskId: string | null;
  /** The Dag that emitted it. */
  readonly sourceDagId: string | null;
  /** The Dag run that emitted it. */
  readonly sourceRunId: string | null;
  /** The map index of the task that emitted it; null for none. */
  readonly sourceMapIndex: number | null;
  /** The aliases that it came through. */
  readonly sourceAliases: readonly string[];
  /** The key of its partition. */
  readonly partitionKey: string | null;
}

/** What a task asks a human. */
export interface HitlRow extends TaskInstanceKey {
  /** What can be chosen. */
  readonly options: readonly string[];
  /** The question. */
  readonly subject: string;
  /** The explanation. */
  readonly body: string | null;
  /** What is chosen when nobody answers in time. */
  readonly defaults: readonly string[] | null;
  /** Whether several options can be chosen. */
  readonly multiple: boolean;
  /** What can be filled in. */
  readonly params: JsonObject;
  /** Who is to answer. */
  readonly assignedUsers: readonly HITLUser[];
}

/** The row of each table. */
export interface Tables {
  /** Connections. */
  readonly connection: Connection;
  /** Variables. */
  readonly variable: VariableRow;
  /** XComs. */
  readonly xcom: XCom;
  /** Values of state stores. */
  readonly state: StateRow;
  /** Dags. */
  readonly dag: DagRow;
  /** Dag runs. */
  readonly dagRun: DagRunRow;
  /** Task instances. */
  readonly taskInstance: TaskInstanceRow;
  /** Assets. */
  readonly asset: AssetRow;
  /** Asset aliases. */
  readonly assetAlias: AssetAliasRow;
  /** Asset events. */
  readonly assetEvent: AssetEventRow;
  /** Questions to humans. */
  readonly hitl: HitlRow;
}

/** The name of a table. */
export type TableName = keyof Tables;
