/**
 * `ctx.connections` over the wire.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { ConnectionResult } from "../../protocol/generated.ts";
import { SecretsMask } from "../../protocol/secrets_mask.ts";
import type { Connection, ConnectionGetOptions, Connections } from "../../sdk/connections.ts";
import { isPlainObject } from "../../values.ts";
import type { Requester } from "../requester.ts";
import { checkKey, isNotFound } from "./checks.ts";
import { connectionUri } from "./connection_uri.ts";

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

/** A connection made from the reply of the supervisor. */
export class AirflowConnection implements Connection {
  readonly connId: string;
  readonly connType: string;
  readonly host: string | null;
  readonly schema: string | null;
  readonly login: string | null;
  readonly password: string | null;
  readonly port: number | null;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly #extraText: string | null;

  /**
   * Reads the reply of the supervisor.
   *
   * @throws {TaskRuntimeError} `INVALID` when the extra is not a JSON object
   */
  constructor(result: ConnectionResult) {
    this.connId = result.conn_id;
    this.connType = result.conn_type;
    this.host = result.host;
    this.schema = result.schema;
    this.login = result.login;
    this.password = result.password;
    this.port = result.port;
    this.extra = parseExtra(result);
    this.#extraText = result.extra;
  }

  get uri(): string {
    return connectionUri(this, this.#extraText);
  }

  get url(): URL {
    // Keeps the scheme of the host where Airflow's form has two: "http://https://host".
    const text = this.uri.replace(/^[^:/]+:\/\/(?=[a-z][a-z0-9+.-]*:\/\/)/i, "");
    const url = URL.parse(text);
    if (url !== null) return url;
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot make a URL of connection "${this.connId}": ` +
        (this.host === null || this.host === ""
          ? "it has no host"
          : "a URL cannot express its type, host or port"),
    );
  }

  /** Returns the form for `JSON.stringify`, without secrets. */
  toJSON(): Record<string, unknown> {
    const fields = Object.entries(this).filter(([name]) => name !== "extra");
    const extra = new SecretsMask().redact(this.extra);
    return { ...Object.fromEntries(fields), ...(this.password ? { password: "***" } : {}), extra };
  }

  /** Returns the form for `console.log` and `Deno.inspect`, without secrets. */
  [Symbol.for("Deno.customInspect")](
    inspect: typeof Deno.inspect,
    options: Deno.InspectOptions,
  ): string {
    return `Connection ${inspect(this.toJSON(), options)}`;
  }

  /** Returns the form for `node:util`, without secrets. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Connection ${Deno.inspect(this.toJSON())}`;
  }
}

function parseExtra({ conn_id, extra }: ConnectionResult): Record<string, unknown> {
  if (extra === null || extra.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(extra);
  } catch {
    // The message quotes neither the text nor the parser, which quotes it: it may hold secrets.
  }
  if (isPlainObject(parsed)) return parsed;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot read connection "${conn_id}": its extra must be a JSON object. Correct it in Airflow`,
    { request: "GetConnection" },
  );
}
