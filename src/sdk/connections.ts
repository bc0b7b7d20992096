/**
 * Airflow's connections.
 *
 * @module
 */

/**
 * An Airflow connection: the address of a system, and the credentials for it.
 *
 * `console.log`, `Deno.inspect`, `JSON.stringify` and the task log show `***` for its password and the
 * sensitive fields of its extra. It cannot be pushed as an XCom.
 */
export interface Connection {
  /** The id of the connection, e.g. `"warehouse"`. */
  readonly connId: string;
  /** The type of the connection, e.g. `"postgres"`. */
  readonly connType: string;
  /** Host name or address. */
  readonly host: string | null;
  /** Database schema, or the meaning that the connection type gives it. */
  readonly schema: string | null;
  /** User name. */
  readonly login: string | null;
  /** Password; masked in the task log. */
  readonly password: string | null;
  /** Port number. */
  readonly port: number | null;
  /** Further settings, parsed from the connection's JSON; empty by default. */
  readonly extra: Readonly<Record<string, unknown>>;

  /**
   * The connection as Airflow's URI, with login, password and extra, as Python's
   * `Connection.get_uri()` writes it.
   */
  readonly uri: string;

  /**
   * {@linkcode Connection.uri} as a new URL. Its scheme is that of the host
   * (`https://api.example.com`) if there is one, or else the connection type.
   *
   * @throws {TaskRuntimeError} `INVALID` when a URL cannot express it, e.g. without a host
   */
  readonly url: URL;
}

/** The options of a read of a connection. */
export interface ConnectionGetOptions<Default> {
  /** The result when the connection does not exist; without it, a missing one is an error. */
  default?: Default;
}

/** Reads connections: `ctx.connections`. */
export interface Connections {
  /**
   * Reads the connection `connId` (GetConnection).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when it does not exist and there is no default;
   * `PERMISSION_DENIED` when the task may not read it; `INVALID` when its extra is not a JSON object
   */
  get<Default = never>(
    connId: string,
    options?: ConnectionGetOptions<Default>,
  ): Promise<Connection | Default>;
}
