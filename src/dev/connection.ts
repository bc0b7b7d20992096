/**
 * Connections as Airflow writes them outside its database: JSON objects and URIs.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import { type ConnectionParts, parseConnectionUri } from "./connection_uri.ts";
import { pythonJson } from "./python_json.ts";

/** A connection with Airflow's own field names. */
export interface Connection {
  /** The id that tasks ask for. */
  readonly conn_id: string;
  /** The kind of system, e.g. `postgres`. */
  readonly conn_type: string;
  /** Host name, or whatever the type keeps there. */
  readonly host: string | null;
  /** Database name, or whatever the type keeps there. */
  readonly schema: string | null;
  /** User name. */
  readonly login: string | null;
  /** Password; masked in the log once a task has read the connection. */
  readonly password: string | null;
  /** TCP port. */
  readonly port: number | null;
  /** Anything else, a JSON text by convention; masked like the password. */
  readonly extra: string | null;
}

const TEXT_FIELDS = ["host", "schema", "login", "password"] as const;
const KNOWN_FIELDS: readonly string[] = [
  "conn_type",
  "port",
  "extra",
  "description",
  ...TEXT_FIELDS,
];

/**
 * Reads a connection in one of Airflow's two forms: an object (or the JSON text of one) with
 * `conn_type`, `host`, …, or a URI such as `postgres://user:pw@host:5432/db?sslmode=require`.
 * `where` names the place in error messages.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is neither, naming `where` and the field.
 *
 * @example From a URI
 * ```ts
 * import { connectionOf } from "./connection.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const connection = connectionOf("warehouse", "postgresql://me:s%20t@db:5432/sales", "fixtures");
 * assertEquals(connection.conn_type, "postgres");
 * assertEquals(connection.password, "s t");
 * ```
 */
export function connectionOf(connId: string, value: unknown, where: string): Connection {
  if (typeof value === "string") {
    const text = value.trim();
    if (text.startsWith("{")) return connectionOf(connId, parseJson(text, where), where);
    const { conn_type, ...parts } = partsOf(text, where);
    return { conn_id: connId, conn_type: normalizeType(conn_type), ...parts };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(where, "expected an object with conn_type, host, … or a URI");
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const key of fields.keys()) {
    if (!KNOWN_FIELDS.includes(key)) {
      throw invalid(`${where}.${key}`, `a connection has only ${KNOWN_FIELDS.join(", ")}`);
    }
  }
  const [host, schema, login, password] = TEXT_FIELDS.map((name) =>
    textField(fields.get(name), `${where}.${name}`)
  );
  const connType = fields.get("conn_type");
  if (typeof connType !== "string" || connType === "") {
    throw invalid(`${where}.conn_type`, "expected a text such as postgres");
  }
  return {
    conn_id: connId,
    conn_type: normalizeType(connType),
    host: host ?? null,
    schema: schema ?? null,
    login: login ?? null,
    password: password ?? null,
    // Python takes 0 for none here, but not in a URI.
    port: portField(fields.get("port"), `${where}.port`) || null,
    extra: extraField(fields.get("extra")),
  };
}

function partsOf(uri: string, where: string): ConnectionParts {
  if (!uri.includes("://")) {
    throw invalid(where, "expected a URI such as postgres://user:password@host:5432/schema");
  }
  try {
    return parseConnectionUri(uri);
  } catch (cause) {
    throw invalid(where, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function normalizeType(type: string): string {
  return type === "postgresql" ? "postgres" : type.replaceAll("-", "_");
}

function textField(value: unknown, where: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw invalid(where, "expected a text");
  return value;
}

function portField(value: unknown, where: string): number | null {
  if (value === undefined || value === null || value === "") return null;
  const port = typeof value === "string" ? Number(value) : value;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65535) {
    throw invalid(where, "expected a whole number from 0 to 65535");
  }
  return port;
}

/** What Python takes for nothing is no extra. */
function extraField(value: unknown): string | null {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (!value || isEmpty) return null;
  return typeof value === "string" ? value : pythonJson(value);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(where, "the JSON cannot be parsed", cause);
  }
}

function invalid(where: string, reason: string, cause?: unknown): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot read connection ${where}: ${reason}`, { cause });
}
