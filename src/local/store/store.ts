/**
 * Airflow's state for the local supervisor: connections, variables, XComs, runs and assets.
 *
 * @module
 */

import type { EnvironmentSecrets } from "../fixtures/environment_secrets.ts";
import {
  type AssetAliasRow,
  type AssetEventRow,
  type AssetRow,
  type ConnectionRow,
  type DagRow,
  type DagRunRow,
  type HitlRow,
  type KeyPart,
  type StateRow,
  type StateScope,
  type TableName,
  type TableRow,
  TABLES,
  type TaskInstanceKey,
  type TaskInstanceRow,
  type XCom,
  type XComSeries,
} from "./tables.ts";

export type * from "./tables.ts";

/** The rows of one table, in the order of their insertion. */
export interface Rows<Row> {
  /** Returns the row with this key; undefined when it does not exist. */
  get(key: readonly KeyPart[]): Row | undefined;
  /** Returns the rows whose keys begin with these parts. */
  list(prefix: readonly KeyPart[]): Row[];
  /** Adds a row, or replaces the one with its key. */
  put(row: Row): void;
  /** Removes the rows whose keys begin with these parts. */
  remove(prefix: readonly KeyPart[]): void;
}

/** The rows of every table. */
export type StoreRows = { readonly [T in TableName]: Rows<TableRow<T>> };

/** Airflow's state. All methods are synchronous, as SQLite is. */
export class AirflowStore {
  readonly #rows: StoreRows;
  /** Connections and variables of the environment, which override the rows. */
  environment: EnvironmentSecrets | undefined;

  /** Creates a store over these rows. */
  constructor(rows: StoreRows) {
    this.#rows = rows;
  }

  /** Returns the connection, or undefined. */
  connection(connId: string): ConnectionRow | undefined {
    return this.environment?.connection(connId) ?? this.#rows.connection.get([connId]);
  }

  /** Adds or replaces a connection. */
  setConnection(connection: ConnectionRow): void {
    this.#rows.connection.put(connection);
  }

  /** Returns the variable's value, which may be null; undefined when it does not exist. */
  variable(key: string): string | null | undefined {
    const row = this.#rows.variable.get([key]);
    return this.environment?.variable(key) ?? row?.value;
  }

  /** Adds or replaces a variable. */
  setVariable(key: string, value: string | null): void {
    this.#rows.variable.put({ key, value });
  }

  /** Removes a variable, if it exists. */
  deleteVariable(key: string): void {
    this.#rows.variable.remove([key]);
  }

  /** Returns all variable keys that begin with `prefix`, sorted. */
  variableKeys(prefix: string): string[] {
    const keys = this.#rows.variable.list([]).map(({ key }) => key);
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  /** Returns the XComs of a series, by ascending map index. */
  xcoms({ dagId, runId, taskId, key }: XComSeries): XCom[] {
    const found = this.#rows.xcom.list([dagId, runId, taskId, key]);
    return found.sort((a, b) => a.mapIndex - b.mapIndex);
  }

  /** Adds or replaces an XCom. */
  setXCom(xcom: XCom): void {
    this.#rows.xcom.put(xcom);
  }

  /** Removes an XCom, if it exists. */
  deleteXCom({ dagId, runId, taskId, key }: XComSeries, mapIndex: number): void {
    this.#rows.xcom.remove([dagId, runId, taskId, key, mapIndex]);
  }

  /** Returns every XCom that a task has pushed in a run, in the order of pushing. */
  xcomsOfTask(dagId: string, runId: string, taskId: string): XCom[] {
    return this.#rows.xcom.list([dagId, runId, taskId]);
  }

  /** Returns a value of a state store, or undefined. */
  stateValue(scope: StateScope, key: string): unknown {
    return this.#rows.state.get([scope, key])?.value;
  }

  /** Returns all values of a state store. */
  stateValues(scope: StateScope): StateRow[] {
    return this.#rows.state.list([scope]);
  }

  /** Adds or replaces a value of a state store, which expires at `expiresAt`. */
  setStateValue(
    scope: StateScope,
    key: string,
    value: unknown,
    expiresAt: Temporal.Instant | null = null,
  ): void {
    this.#rows.state.put({ scope, key, value, expiresAt });
  }

  /** Removes one value, or all values of the scope when `key` is undefined. */
  deleteStateValue(scope: StateScope, key?: string): void {
    this.#rows.state.remove(key === undefined ? [scope] : [scope, key]);
  }

  /** Removes the values of state stores that have expired by `now`. */
  cleanState(now: Temporal.Instant): void {
    for (const { scope, key, expiresAt } of this.#rows.state.list([])) {
      if (expiresAt !== null && Temporal.Instant.compare(expiresAt, now) < 0) {
        this.#rows.state.remove([scope, key]);
      }
    }
  }

  /** Returns the Dag, or undefined. */
  dag(dagId: string): DagRow | undefined {
    return this.#rows.dag.get([dagId]);
  }

  /** Adds or replaces a Dag. */
  setDag(row: DagRow): void {
    this.#rows.dag.put(row);
  }

  /** Returns the Dag run, or undefined. */
  dagRun(dagId: string, runId: string): DagRunRow | undefined {
    return this.#rows.dagRun.get([dagId, runId]);
  }

  /** Returns all runs of a Dag. */
  dagRuns(dagId: string): DagRunRow[] {
    return this.#rows.dagRun.list([dagId]);
  }

  /** Adds or replaces a Dag run. */
  setDagRun(row: DagRunRow): void {
    this.#rows.dagRun.put(row);
  }

  /** Returns the task instance, or undefined. */
  taskInstance({ dagId, runId, taskId, mapIndex }: TaskInstanceKey): TaskInstanceRow | undefined {
    return this.#rows.taskInstance.get([dagId, runId, taskId, mapIndex]);
  }

  /** Returns all task instances of a Dag. */
  taskInstances(dagId: string): TaskInstanceRow[] {
    return this.#rows.taskInstance.list([dagId]);
  }

  /** Adds or replaces a task instance. */
  setTaskInstance(row: TaskInstanceRow): void {
    this.#rows.taskInstance.put(row);
  }

  /** Removes a task instance, if it exists. */
  deleteTaskInstance({ dagId, runId, taskId, mapIndex }: TaskInstanceKey): void {
    this.#rows.taskInstance.remove([dagId, runId, taskId, mapIndex]);
  }

  /** Returns all assets, active or not. */
  assets(): AssetRow[] {
    return this.#rows.asset.list([]);
  }

  /** Adds or replaces an asset. */
  setAsset(row: AssetRow): void {
    this.#rows.asset.put(row);
  }

  /** Returns the asset alias, or undefined. */
  assetAlias(name: string): AssetAliasRow | undefined {
    return this.#rows.assetAlias.get([name]);
  }

  /** Adds or replaces an asset alias. */
  setAssetAlias(row: AssetAliasRow): void {
    this.#rows.assetAlias.put(row);
  }

  /** Returns all asset events, in the order of their insertion. */
  assetEvents(): AssetEventRow[] {
    return this.#rows.assetEvent.list([]);
  }

  /** Adds an asset event with the next id. */
  addAssetEvent(event: Omit<AssetEventRow, "id">): void {
    const last = Math.max(0, ...this.assetEvents().map(({ id }) => id));
    this.#rows.assetEvent.put({ ...event, id: last + 1 });
  }

  /** Returns a task's question to a human, or undefined. */
  hitl({ dagId, runId, taskId, mapIndex }: TaskInstanceKey): HitlRow | undefined {
    return this.#rows.hitl.get([dagId, runId, taskId, mapIndex]);
  }

  /** Adds or replaces a task's question to a human. */
  setHitl(row: HitlRow): void {
    this.#rows.hitl.put(row);
  }
}

/** A store in memory. */
export class MemoryStore extends AirflowStore {
  /** Creates an empty store. */
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

class MemoryRows<Row> implements Rows<Row> {
  readonly #keyOf: (row: Row) => readonly KeyPart[];
  readonly #rows = new Map<string, { readonly key: readonly KeyPart[]; readonly row: Row }>();

  constructor(keyOf: (row: Row) => readonly KeyPart[]) {
    this.#keyOf = keyOf;
  }

  get(key: readonly KeyPart[]): Row | undefined {
    return this.#rows.get(JSON.stringify(key))?.row;
  }

  list(prefix: readonly KeyPart[]): Row[] {
    return [...this.#rows.values()].filter(({ key }) => begins(key, prefix)).map(({ row }) => row);
  }

  put(row: Row): void {
    const key = this.#keyOf(row);
    this.#rows.set(JSON.stringify(key), { key, row });
  }

  remove(prefix: readonly KeyPart[]): void {
    for (const [id, { key }] of this.#rows) if (begins(key, prefix)) this.#rows.delete(id);
  }
}

function begins(key: readonly KeyPart[], prefix: readonly KeyPart[]): boolean {
  return prefix.every((part, index) => key[index] === part);
}
