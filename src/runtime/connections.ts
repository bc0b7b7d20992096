/**
 * `ctx.connections` over the wire.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { ConnectionResult } from "../protocol/generated.ts";
import type { Connection, Connections } from "../sdk/connections.ts";
import type { Requester } from "./requester.ts";

/** Reads connections from the supervisor. */
export class AirflowConnections implements Connections {
  readonly #requester: Requester;

  /** Reads through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

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
