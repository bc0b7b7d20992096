/**
 * What Airflow keeps between tasks, for the local supervisor: its door, and the form in memory.
 *
 * @module
 */

import type { Connection } from "../fixtures/connection.ts";
import type { EnvironmentSecrets } from "../fixtures/environment_secrets.ts";
import { TABLES } from "./row_checks.ts";
import { MemoryRows, type Rows } from "./rows.ts";
import type {
  AssetAliasRow,
  AssetEventRow,
  AssetRow,
  DagRow,
  DagRunRow,
  HitlRow,
  StateRow,
  StateScope,
  TableName,
  Tables,
  TaskInstanceKey,
  TaskInstanceRow,
  XCom,
  XComSeries,
} from "./store_tables.ts";

export type * from "./store_tables.ts";

/** The rows of every table. */
export type StoreRows = { readonly [T in TableName]: Rows<Tables[T]> };

/** The state Airflow keeps; synchronous, as a database in a file is too. */
export class Store {
  readonly #rows: StoreRows;
  /** What is asked before the rows for connections and variables; it is not kept with them. */
  environment: EnvironmentSecrets | undefined;

  /** A store that keeps its rows in `rows`. */
  constructor(rows: StoreRows) {
    this.#rows = rows;
  }

  /** The connection, or undefined. */
  connection(connId: string): Connection | undefined {
    return this.environment?.connection(connId) ?? this.#rows.connection.get([connId]);
  }

  /** Adds or replaces a connection. */
  setConnection(connection: Connection): void {
    this.#rows.connection.put(connection);
  }

  /** The variable's value (null is possible), or undefined when there is no such variable. */
  variable(key: string): string | null | undefined {
    const row = this.#rows.variable.get([key]);
    return this.environment?.variable(key) ?? row?.value;
  }

  /** Adds or replaces a variable. */
  setVariable(key: string, value: string | null): void {
    this.#rows.variable.put({ key, value });
  }

  /** Takes a variable away, if it is there. */
  deleteVariable(key: string): void {
    this.#rows.variable.remove([key]);
  }

  /** All variable keys that begin with `prefix`, sorted. */
  variableKeys(prefix: string): string[] {
    const keys = this.#rows.variable.list([]).map(({ key }) => key);
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  /** The XComs of one name, by ascending map index. */
  xcoms({ dagId, runId, taskId, key }: XComSeries): XCom[] {
    const found = this.#rows.xcom.list([dagId, runId, taskId, key]);
    return found.sort((a, b) => a.mapIndex - b.mapIndex);
  }

  /** Adds or replaces an XCom. */
  setXCom(xcom: XCom): void {
    this.#rows.xcom.put(xcom);
  }

  /** Takes an XCom away, if it is there. */
  deleteXCom({ dagId, runId, taskId, key }: XComSeries, mapIndex: number): void {
    this.#rows.xcom.remove([dagId, runId, taskId, key, mapIndex]);
  }

  /** Every XCom that a task has pushed in a run, in the order of pushing. */
  xcomsOfTask(dagId: string, runId: string, taskId: string): XCom[] {
    return this.#rows.xcom.list([dagId, runId, taskId]);
  }

  /** A value of a task's or an asset's state store, or undefined. */
  stateValue(scope: StateScope, key: string): unknown {
    return this.#rows.state.get([scope, key])?.value;
  }

  /** All values of a task's or an asset's state store. */
  stateValues(scope: StateScope): StateRow[] {
    return this.#rows.state.list([scope]);
  }

  /** Adds or replaces a value of a state store; it may be cleaned away after `expiresAt`. */
  setStateValue(
    scope: StateScope,
    key: string,
    value: unknown,
    expiresAt: Temporal.Instant | null = null,
  ): void {
    this.#rows.state.put({ scope, key, value, expiresAt });
  }

  /** Takes one value away, or all of the scope when `key` is undefined. */
  deleteStateValue(scope: StateScope, key?: string): void {
    this.#rows.state.remove(key === undefined ? [scope] : [scope, key]);
  }

  /** Takes away the values of state stores that have expired by `now`. */
  cleanState(now: Temporal.Instant): void {
    for (const { scope, key, expiresAt } of this.#rows.state.list([])) {
      if (expiresAt !== null && Temporal.Instant.compare(expiresAt, now) < 0) {
        this.#rows.state.remove([scope, key]);
      }
    }
  }

  /** The Dag, or undefined. */
  dag(dagId: string): DagRow | undefined {
    return this.#rows.dag.get([dagId]);
  }

  /** Adds or replaces a Dag. */
  setDag(row: DagRow): void {
    this.#rows.dag.put(row);
  }

  /** The Dag run, or undefined. */
  dagRun(dagId: string, runId: string): DagRunRow | undefined {
    return this.#rows.dagRun.get([dagId, runId]);
  }

  /** All runs of a Dag. */
  dagRuns(dagId: string): DagRunRow[] {
    return this.#rows.dagRun.list([dagId]);
  }

  /** Adds or replaces a Dag run. */
  setDagRun(row: DagRunRow): void {
    this.#rows.dagRun.put(row);
  }

  /** The task instance, or undefined. */
  taskInstance({ dagId, runId, taskId, mapIndex }: TaskInstanceKey): TaskInstanceRow | undefined {
    return this.#rows.taskInstance.get([dagId, runId, taskId, mapIndex]);
  }

  /** All task instances of a Dag. */
  taskInstances(dagId: string): TaskInstanceRow[] {
    return this.#rows.taskInstance.list([dagId]);
  }

  /** Adds or replaces a task instance (by Dag, run, task and map index). */
  setTaskInstance(row: TaskInstanceRow): void {
    this.#rows.taskInstance.put(row);
  }

  /** Takes a task instance away, if it is there. */
  deleteTaskInstance({ dagId, runId, taskId, mapIndex }: TaskInstanceKey): void {
    this.#rows.taskInstance.remove([dagId, runId, taskId, mapIndex]);
  }

  /** All assets, active or not. */
  assets(): AssetRow[] {
    return this.#rows.asset.list([]);
  }

  /** Adds or replaces an asset. */
  setAsset(row: AssetRow): void {
    this.#rows.asset.put(row);
  }

  /** The asset alias, or undefined. */
  assetAlias(name: string): AssetAliasRow | undefined {
    return this.#rows.assetAlias.get([name]);
  }

  /** Adds or replaces an asset alias. */
  setAssetAlias(row: AssetAliasRow): void {
    this.#rows.assetAlias.put(row);
  }

  /** All asset events, in the order of their coming. */
  assetEvents(): AssetEventRow[] {
    return this.#rows.assetEvent.list([]);
  }

  /** Adds an asset event, with the next number. */
  addAssetEvent(event: Omit<AssetEventRow, "id">): void {
    const last = Math.max(0, ...this.assetEvents().map(({ id }) => id));
    this.#rows.assetEvent.put({ ...event, id: last + 1 });
  }

  /** What a task has asked a human, or undefined. */
  hitl({ dagId, runId, taskId, mapIndex }: TaskInstanceKey): HitlRow | undefined {
    return this.#rows.hitl.get([dagId, runId, taskId, mapIndex]);
  }

  /** Adds or replaces what a task asks a human. */
  setHitl(row: HitlRow): void {
    this.#rows.hitl.put(row);
  }
}

/** The store in memory: gone with the process. */
export class MemoryStore extends Store {
  /** An empty store. */
  constructor() {
    super({
      connection: new MemoryRows(TABLES.connection.keyOf),
      variable: new MemoryRows(TABLES.variable.keyOf),
      xcom: new MemoryRows(TABLES.xcom.keyOf),
      state: new MemoryRows(TABLES.state.keyOf),
      dag: new MemoryRows(TABLES.dag.keyOf),
      dagRun: new MemoryRows(TABLES.dagRun.keyOf),
      taskInstance: new MemoryRows(TABLES.taskInstance.keyOf),
      asset: new MemoryRows(TABLES.asset.keyOf),
      assetAlias: new MemoryRows(TABLES.assetAlias.keyOf),
      assetEvent: new MemoryRows(TABLES.assetEvent.keyOf),
      hitl: new MemoryRows(TABLES.hitl.keyOf),
    });
  }
}
