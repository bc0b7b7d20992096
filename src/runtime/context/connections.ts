/**
 * `ctx.connections` over the wire.
 *
 * @module
 */
import type { Connection, Connections } from "../../sdk/connections.ts";
import { AirflowConnection } from "./connection.ts";
import { checkKey } from "./key_check.ts";
import type { Requester } from "../requester.ts";

/** Reads connections from the supervisor. */
export class AirflowConnections implements Connections {
  readonly #requester: Requester;

  /** Reads through `requester`. */
  constructor(requester: Requester) {
    this.#requester = requester;
  }

  async get(connId: string): Promise<Connection> {
    checkKey("connection", connId);
    return new AirflowConnection(
      await this.#requester.request({ type: "GetConnection", conn_id: connId }),
    );
  }
}
