/**
 * The store in a SQLite file. Each table has the columns of the key, and the whole row as JSON in
 * the column `document`.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { TaskRuntimeError } from "../../error.ts";
import { decodeTagged, encodeTagged } from "../../wire/tagged_json.ts";
import { AirflowStore, type KeyPart, type Rows } from "./store.ts";
import { type TableDefinition, TABLES } from "./tables.ts";

/** The version of the tables, kept in `PRAGMA user_version`. */
const VERSION = 1;
/** Milliseconds to wait while another process writes. */
const BUSY_MS = 5000;

/** A store in a SQLite file. */
export class SqliteStore extends AirflowStore implements Disposable {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync, path: string) {
    const rows = <Row>(name: string, table: TableDefinition<Row>): SqliteRows<Row> =>
      new SqliteRows(database, name, table, path);
    super({
      connection: rows("connection", TABLES.connection),
      variable: rows("variable", TABLES.variable),
      xcom: rows("xcom", TABLES.xcom),
      state: rows("state", TABLES.state),
      dag: rows("dag", TABLES.dag),
      dagRun: rows("dag_run", TABLES.dagRun),
      taskInstance: rows("task_instance", TABLES.taskInstance),
      asset: rows("asset", TABLES.asset),
      assetAlias: rows("asset_alias", TABLES.assetAlias),
      assetEvent: rows("asset_event", TABLES.assetEvent),
      hitl: rows("hitl", TABLES.hitl),
    });
    this.#database = database;
  }

  /**
   * Opens the file at `path`, creating it if necessary.
   *
   * @throws {TaskRuntimeError} `INVALID` when the file is not a state file of this version.
   */
  static open(path: string): SqliteStore {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path);
      prepare(database);
      return new SqliteStore(database, path);
    } catch (cause) {
      database?.close();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TaskRuntimeError("INVALID", `Cannot open state file "${path}": ${reason}`, {
        cause,
      });
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Checks the version, and sets the file up for many small writes and other readers. */
function prepare(database: DatabaseSync): void {
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  const objects = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"];
  if (version !== VERSION && !(version === 0 && objects === 0)) {
    throw new Error(
      version === 0
        ? "it is a database of another program. Choose another file"
        : `its version must be ${VERSION}, got ${version}. Choose another file`,
    );
  }
  database.exec(`
    PRAGMA busy_timeout = ${BUSY_MS};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA user_version = ${VERSION};
  `);
}

class SqliteRows<Row> implements Rows<Row> {
  readonly #database: DatabaseSync;
  readonly #name: string;
  readonly #table: TableDefinition<Row>;
  readonly #columns: readonly string[];
  readonly #path: string;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, name: string, table: TableDefinition<Row>, path: string) {
    this.#database = database;
    this.#name = name;
    this.#table = table;
    this.#path = path;
    // Quoted, since a column may be named key.
    this.#columns = table.key.map((field) =>
      `"${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`
    );
    const keys = this.#columns.join(", ");
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${name} (${keys}, document TEXT NOT NULL, UNIQUE (${keys}))`,
    );
  }

  get(key: readonly KeyPart[]): Row | undefined {
    return this.list(key)[0];
  }

  list(prefix: readonly KeyPart[]): Row[] {
    const sql = `SELECT document FROM ${this.#name} ${this.#where(prefix)} ORDER BY rowid`;
    return this.#statement(sql).all(...prefix).map((found) => this.#read(found["document"]));
  }

  put(row: Row): void {
    const marks = [...this.#columns, "document"].map(() => "?").join(", ");
    this.#statement(
      `INSERT INTO ${this.#name} VALUES (${marks})
       ON CONFLICT DO UPDATE SET document = excluded.document`,
    ).run(...this.#table.keyOf(row), encodeTagged(row));
  }

  remove(prefix: readonly KeyPart[]): void {
    this.#statement(`DELETE FROM ${this.#name} ${this.#where(prefix)}`).run(...prefix);
  }

  #where(prefix: readonly KeyPart[]): string {
    const tests = this.#columns.slice(0, prefix.length).map((column) => `${column} = ?`);
    return tests.length === 0 ? "" : `WHERE ${tests.join(" AND ")}`;
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }

  #read(document: unknown): Row {
    const row = decodeTagged(String(document));
    if (this.#table.isRow(row)) return row;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot read state file "${this.#path}": table ${this.#name} has an invalid row`,
    );
  }
}
