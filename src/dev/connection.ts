/**
 * Connections as Airflow writes them outside its database: JSON objects and URIs.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";

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
    if (!text.startsWith("{")) return connectionOfUri(connId, text, where);
    return connectionOf(connId, parseJson(text, where), where);
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
    port: portField(fields.get("port"), `${where}.port`),
    extra: extraField(fields.get("extra")),
  };
}

const URI = /^([^:/?#]+):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?/;

/** Airflow also takes `type://protocol://host…`, where the protocol stays part of the host. */
function connectionOfUri(connId: string, uri: string, where: string): Connection {
  const nested = /^([^:/?#]+):\/\/([^:/?#@]+):\/\/(.*)$/s.exec(uri);
  const plain = nested === null ? uri : `${nested[1]}://${nested[3]}`;
  const match = URI.exec(plain);
  if (match === null || uri.split("://").length > 3) {
    throw invalid(where, "expected a URI such as postgres://user:password@host:5432/schema");
  }
  const [, type = "", authority = "", path = "", query = ""] = match;
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? undefined : authority.slice(0, at);
  const { host, port } = hostAndPort(authority.slice(at + 1), where);
  const colon = user?.indexOf(":") ?? -1;
  const login = user === undefined ? null : unquote(colon < 0 ? user : user.slice(0, colon), where);
  const password = user === undefined || colon < 0 ? null : unquote(user.slice(colon + 1), where);
  const parsedHost = unquote(host.toLowerCase(), where);
  return {
    conn_id: connId,
    conn_type: normalizeType(type.toLowerCase()),
    host: nested !== null && parsedHost !== "" ? `${nested[2]}://${parsedHost}` : parsedHost,
    schema: unquote(path, where),
    login,
    password,
    port,
    extra: extraOfQuery(query),
  };
}

function hostAndPort(text: string, where: string): { host: string; port: number | null } {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(text);
  if (match === null) throw invalid(where, "the host or port of the URI cannot be read");
  const [, host = "", port = ""] = match;
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: port === "" ? null : portField(Number(port), `${where} (port)`),
  };
}

function extraOfQuery(query: string): string | null {
  if (query === "") return null;
  const parameters = new URLSearchParams(query);
  return parameters.get("__extra__") ?? JSON.stringify(Object.fromEntries(parameters));
}

function normalizeType(type: string): string {
  return type === "postgresql" ? "postgres" : type.replaceAll("-", "_");
}

function unquote(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw invalid(where, "a percent sign in the URI is not followed by two hex digits", cause);
  }
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

function extraField(value: unknown): string | null {
  if (value === undefined || value === null || value === "") return null;
  return typeof value === "string" ? value : JSON.stringify(value);
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
