/**
 * Airflow's URI form of a connection.
 *
 * @module
 */
import type { Connection } from "../../sdk/connections.ts";
import { percentEncode } from "../../supervisor/secret_forms.ts";

/**
 * Writes a connection as Python's `Connection.get_uri()` does (`airflow/sdk/definitions/connection.py`);
 * `extraText` is the JSON of its extra in Airflow.
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
  // A host with the scheme of the connection type is escaped as a whole.
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

/** Splits `https://host` into scheme and rest; the scheme is undefined without one. */
function splitHost(host: string): [string | undefined, string] {
  const end = host.indexOf("://");
  return end < 0 ? [undefined, host] : [host.slice(0, end), host.slice(end + 3)];
}

/** Writes the fields one by one if all are texts, or else as JSON, which keeps their types. */
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
