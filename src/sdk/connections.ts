/**
 * Airflow's connections.
 *
 * @module
 */

/**
 * A connection as Airflow keeps it: where a system is, and how to log in to it.
 *
 * Shown (`console.log`, `Deno.inspect`, `JSON.stringify`, the task log), its password and the
 * sensitive fields of its extra are `***`; an XCom cannot be made of it as it is.
 */
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

  /**
   * The connection as Airflow's URI, with login, password and extra, as Python's
   * `Connection.get_uri()` writes it.
   */
  readonly uri: string;

  /**
   * {@linkcode Connection.uri} as a URL, a new one each time; the scheme is that of the host where
   * it brings one (`https://api.example.com`), else the kind of system.
   *
   * @throws {TaskRuntimeError} `INVALID` when it has no form as a URL, as without a host
   */
  readonly url: URL;
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
