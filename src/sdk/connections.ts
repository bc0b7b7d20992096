/**
 * Airflow's connections.
 *
 * @module
 */

/** A connection as Airflow keeps it: where a system is, and how to log in to it. */
export interface Connection {
  /** Its id, e.g. `"warehouse"`. */
  readonly connId: string;
  /** The kind of system, e.g. `"postgres"`. */
  readonly connType: string;
  /** Host name or address. */
  readonly host: string | null;
  /** Database schema, or what the kind of system makes of it. */
  readonly schema: string | null;
  /** User name. */
  readonly login: string | null;
  /** Password; masked in the task log. */
  readonly password: string | null;
  /** Port number. */
  readonly port: number | null;
  /** Further settings, parsed from the connection's JSON; empty when it has none. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** Reads connections: `ctx.connections`. */
export interface Connections {
  /**
   * Reads the connection `connId` (GetConnection).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none of this id; `PERMISSION_DENIED` when
   * the task may not read it; `INVALID` when its extra is no JSON object
   */
  get(connId: string): Promise<Connection>;
}
