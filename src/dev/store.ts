/**
 * What Airflow keeps between tasks, for the local supervisor: its door and the form in memory.
 *
 * @module
 */

import type { Connection } from "./connection.ts";

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

/** One try of one task, as far as Airflow's counts and states show it. */
export interface TaskInstanceRow {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** The task's id. */
  readonly taskId: string;
  /** The mapped task's index; -1 when the task is not mapped. */
  readonly mapIndex: number;
  /** The task instance's UUID. */
  readonly id: string;
  /** Airflow's state; null before it is scheduled. */
  readonly state: string | null;
}

/** A Dag run, as far as Airflow's counts and states show it. */
export interface DagRunRow {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** queued, running, success or failed. */
  readonly state: string;
}

/** Which of the key-value stores: one a task instance, one an asset (by name or URI). */
export type StateScope = `ti:${string}` | `asset-name:${string}` | `asset-uri:${string}`;

/** The state Airflow keeps; synchronous, as a database in a file would be too. */
export interface Store {
  /** The connection, or undefined. */
  connection(connId: string): Connection | undefined;
  /** Adds or replaces a connection. */
  setConnection(connection: Connection): void;
  /** The variable's value (null is possible), or undefined when there is no such variable. */
  variable(key: string): string | null | undefined;
  /** Adds or replaces a variable. */
  setVariable(key: string, value: string | null): void;
  /** Takes a variable away, if it is there. */
  deleteVariable(key: string): void;
  /** All variable keys that begin with `prefix`, sorted. */
  variableKeys(prefix: string): string[];
  /** The XComs of one name, by ascending map index. */
  xcoms(series: XComSeries): XCom[];
  /** Adds or replaces an XCom. */
  setXCom(xcom: XCom): void;
  /** Takes an XCom away, if it is there. */
  deleteXCom(series: XComSeries, mapIndex: number): void;
  /** Every XCom that a task has pushed in a run, in the order of pushing. */
  xcomsOfTask(dagId: string, runId: string, taskId: string): XCom[];
  /** A value of a task's or an asset's state store, or undefined. */
  stateValue(scope: StateScope, key: string): unknown;
  /** Adds or replaces a value of a state store. */
  setStateValue(scope: StateScope, key: string, value: unknown): void;
  /** Takes one value away, or all of the scope when `key` is undefined. */
  deleteStateValue(scope: StateScope, key?: string): void;
  /** All task instances of a Dag. */
  taskInstances(dagId: string): TaskInstanceRow[];
  /** Adds or replaces a task instance (by Dag, run, task and map index). */
  setTaskInstance(row: TaskInstanceRow): void;
  /** All runs of a Dag. */
  dagRuns(dagId: string): DagRunRow[];
  /** Adds or replaces a Dag run. */
  setDagRun(row: DagRunRow): void;
}

/** The store in memory: gone with the process. */
export class MemoryStore implements Store {
  readonly #connections = new Map<string, Connection>();
  readonly #variables = new Map<string, string | null>();
  readonly #xcoms = new Map<string, XCom>();
  readonly #states = new Map<StateScope, Map<string, unknown>>();
  readonly #taskInstances = new Map<string, TaskInstanceRow>();
  readonly #dagRuns = new Map<string, DagRunRow>();

  /** The connection, or undefined. */
  connection(connId: string): Connection | undefined {
    return this.#connections.get(connId);
  }

  /** Adds or replaces a connection. */
  setConnection(connection: Connection): void {
    this.#connections.set(connection.conn_id, connection);
  }

  /** The variable's value (null is possible), or undefined when there is no such variable. */
  variable(key: string): string | null | undefined {
    return this.#variables.get(key);
  }

  /** Adds or replaces a variable. */
  setVariable(key: string, value: string | null): void {
    this.#variables.set(key, value);
  }

  /** Takes a variable away, if it is there. */
  deleteVariable(key: string): void {
    this.#variables.delete(key);
  }

  /** All variable keys that begin with `prefix`, sorted. */
  variableKeys(prefix: string): string[] {
    return [...this.#variables.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** The XComs of one name, by ascending map index. */
  xcoms(series: XComSeries): XCom[] {
    return this.xcomsOfTask(series.dagId, series.runId, series.taskId)
      .filter((xcom) => xcom.key === series.key)
      .sort((a, b) => a.mapIndex - b.mapIndex);
  }

  /** Adds or replaces an XCom. */
  setXCom(xcom: XCom): void {
    this.#xcoms.set(xcomId(xcom, xcom.mapIndex), xcom);
  }

  /** Takes an XCom away, if it is there. */
  deleteXCom(series: XComSeries, mapIndex: number): void {
    this.#xcoms.delete(xcomId(series, mapIndex));
  }

  /** Every XCom that a task has pushed in a run, in the order of pushing. */
  xcomsOfTask(dagId: string, runId: string, taskId: string): XCom[] {
    return [...this.#xcoms.values()].filter((xcom) =>
      xcom.dagId === dagId && xcom.runId === runId && xcom.taskId === taskId
    );
  }

  /** A value of a task's or an asset's state store, or undefined. */
  stateValue(scope: StateScope, key: string): unknown {
    return this.#states.get(scope)?.get(key);
  }

  /** Adds or replaces a value of a state store. */
  setStateValue(scope: StateScope, key: string, value: unknown): void {
    const values = this.#states.get(scope) ?? new Map<string, unknown>();
    values.set(key, value);
    this.#states.set(scope, values);
  }

  /** Takes one value away, or all of the scope when `key` is undefined. */
  deleteStateValue(scope: StateScope, key?: string): void {
    if (key === undefined) this.#states.delete(scope);
    else this.#states.get(scope)?.delete(key);
  }

  /** All task instances of a Dag. */
  taskInstances(dagId: string): TaskInstanceRow[] {
    return [...this.#taskInstances.values()].filter((row) => row.dagId === dagId);
  }

  /** Adds or replaces a task instance (by Dag, run, task and map index). */
  setTaskInstance(row: TaskInstanceRow): void {
    const id = JSON.stringify([row.dagId, row.runId, row.taskId, row.mapIndex]);
    this.#taskInstances.set(id, row);
  }

  /** All runs of a Dag. */
  dagRuns(dagId: string): DagRunRow[] {
    return [...this.#dagRuns.values()].filter((row) => row.dagId === dagId);
  }

  /** Adds or replaces a Dag run. */
  setDagRun(row: DagRunRow): void {
    this.#dagRuns.set(JSON.stringify([row.dagId, row.runId]), row);
  }
}

function xcomId(series: XComSeries, mapIndex: number): string {
  return JSON.stringify([series.dagId, series.runId, series.taskId, series.key, mapIndex]);
}
