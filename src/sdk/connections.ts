/**
 * Airflow's connections.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { ConnectionResult } from "../protocol/generated.ts";
import type { Requester } from "./requester.ts";

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
export class Connections {
  readonly #requester: Requester;

  /** Reads through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /**
   * Reads the connection `connId` (GetConnection).
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when there is none of this id; `PERMISSION_DENIED` when
   * the task may not read it; `INVALID` when its extra is no JSON object
   */
  async get(connId: string): Promise<Connection> {
    const result = await this.#requester.request({ type: "GetConnection", conn_id: connId });
    return {
      connId: result.conn_id,
      connType: result.conn_type,
      host: result.host,
      schema: result.schema,
      login: result.login,
      password: result.password,
      port: result.port,
      extra: parseExtra(result),
    };
  }
}

function parseExtra({ conn_id, extra }: ConnectionResult): Record<string, unknown> {
  if (extra === null || extra.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(extra);
  } catch {
    // The text may hold secrets: it stays out of the message, and so does the parser's quote of it.
  }
  if (isObject(parsed)) return parsed;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot read connection "${conn_id}": its extra is no JSON object; mend it in Airflow`,
    { request: "GetConnection" },
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
