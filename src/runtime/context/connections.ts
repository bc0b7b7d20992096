/**
 * `ctx.connections` over the wire.
 *
 * @module
 */
import type { Connection, ConnectionGetOptions, Connections } from "../../sdk/connections.ts";
import { AirflowConnection } from "./connection.ts";
import { checkKey } from "./key_check.ts";
import { isNotFound } from "./missing.ts";
import type { Requester } from "../requester.ts";

/** Reads connections from the supervisor. */
export class AirflowConnections implements Connections {
  readonly #requester: Requester;

  /** Reads through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

  get<Default = never>(
    connId: string,
    options?: ConnectionGetOptions<Default>,
  ): Promise<Connection | Default>;
  async get(connId: string, options: ConnectionGetOptions<unknown> = {}): Promise<unknown> {
    checkKey("connection", connId);
    try {
      return new AirflowConnection(
        await this.#requester.request({ type: "GetConnection", conn_id: connId }),
      );
    } catch (error) {
      if (isNotFound(error) && "default" in options) return options.default;
      throw error;
    }
  }
}
