/**
 * Airflow's URI form of a connection.
 *
 * @module
 */
import type { Connection } from "../../sdk/connections.ts";
import { percentEncode } from "../../supervisor/secret_forms.ts";

/**
 * Writes a connection as Python's `Connection.get_uri()` does, `extraText` being its extra as
 * Airflow keeps it. (The rules: `airflow/sdk/definitions/connection.py`.)
 *
 * @example
 * ```ts
 * import { connectionUri } from "./connection_uri.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const uri = connectionUri({
 *   connType: "postgres",
 *   host: "db",
 *   port: 5432,
 *   login: "etl",
 *   password: "p@ss",
 *   schema: "sales",
 *   extra: {},
 * }, null);
 * assertEquals(uri, "postgres://etl:p%40ss@db:5432/sales");
 * ```
 */
export function connectionUri(
  connection: Omit<Connection, "connId" | "uri" | "url">,
  extraText: string | null,
): string {
  const { connType, schema, extra } = connection;
  const scheme = connType === "" ? "//" : `${connType.toLowerCase().replaceAll("_", "-")}://`;
  const uri = scheme + authority(connection) + (schema ? `/${percentEncode(schema)}` : "");
  if (extraText === null || extraText === "") return uri;
  return `${uri}${schema ? "?" : "/?"}${query(extra, extraText)}`;
}

function authority(
  { connType, host, login, password, port }: Omit<Connection, "connId" | "uri" | "url">,
): string {
  const [scheme, rest] = splitHost(host ?? "");
  // A host that brings the very scheme of the connection is kept whole, escaped.
  const hasOwnScheme = scheme !== undefined && scheme !== connType;
  const user = (login === null ? "" : percentEncode(login)) +
    (password === null ? "" : `:${percentEncode(password)}`);
  const place = percentEncode(hasOwnScheme ? rest : host ?? "");
  return (hasOwnScheme ? `${scheme}://` : "") + (user === "" ? "" : `${user}@`) + place +
    portOf(port, user === "" && place === "");
}

function portOf(port: number | null, isAlone: boolean): string {
  if (port === null || port === 0) return "";
  return isAlone ? `@:${port}` : `:${port}`;
}

/** `https://host` in two parts; the first undefined when there is no scheme. */
function splitHost(host: string): [string | undefined, string] {
  const end = host.indexOf("://");
  return end < 0 ? [undefined, host] : [host.slice(0, end), host.slice(end + 3)];
}

/** Field by field where all are texts; else the whole under one name, since types would be lost. */
function query(extra: Readonly<Record<string, unknown>>, extraText: string): string {
  const fields = Object.entries(extra);
  const texts = fields.flatMap(([key, value]) =>
    typeof value === "string" ? [`${quotePlus(key)}=${quotePlus(value)}`] : []
  );
  return texts.length === fields.length && texts.length > 0
    ? texts.join("&")
    : `__extra__=${quotePlus(extraText)}`;
}

function quotePlus(text: string): string {
  return percentEncode(text).replaceAll("%20", "+");
}
