/**
 * A connection's URI, taken apart as Airflow does it: by the rules of Python's `urllib.parse`, which
 * are not those of `URL`. (The rules: `airflow/sdk/definitions/connection.py`.)
 *
 * @module
 */

import { pythonJson } from "./python_json.ts";

/** What a URI says of a connection; the type is not yet normalised. */
export interface ConnectionParts {
  /** The scheme, in lower case; empty when there is none that Python knows for one. */
  readonly conn_type: string;
  /** The host, with its protocol in front when the URI names one; empty when it names none. */
  readonly host: string;
  /** The path without its slash. */
  readonly schema: string;
  /** The user name; null when the URI has no `@`. */
  readonly login: string | null;
  /** The password; null when the URI has none. */
  readonly password: string | null;
  /** The port. */
  readonly port: number | null;
  /** The query as the JSON text that Python writes, or the text under `__extra__`. */
  readonly extra: string | null;
}

/** What Python's `urlsplit` makes of a URL. */
interface SplitUrl {
  readonly scheme: string;
  readonly netloc: string;
  readonly path: string;
  readonly query: string;
}

/** The key under which Airflow puts an extra that is no flat object of texts. */
const EXTRA_KEY = "__extra__";

/**
 * Takes a connection's URI apart.
 *
 * @throws {Error} for what Airflow refuses: more than one protocol in front of the host, a port that
 * is no number from 0 to 65535, brackets that do not close.
 *
 * @example
 * ```ts
 * import { parseConnectionUri } from "./connection_uri.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { host, port, extra } = parseConnectionUri("http://https://api.example:8443/?a=b");
 * assertEquals([host, port, extra], ["https://api.example", 8443, '{"a": "b"}']);
 * ```
 */
export function parseConnectionUri(uri: string): ConnectionParts {
  const protocols = uri.split("://").length - 1;
  if (protocols > 2) throw new Error("the URI holds :// more than twice");
  const { scheme } = splitUrl(uri);
  const isNested = protocols === 2;
  const rest = uri.replaceAll(`${scheme}://`, isNested ? "" : "//");
  if (isNested && /[@:]/.test(rest.split("://", 1)[0] ?? "")) {
    throw new Error("the protocol in front of the URI's host cannot be read");
  }
  const url = splitUrl(rest);
  const host = hostOf(url.netloc);
  return {
    conn_type: scheme,
    host: host !== "" && isNested && url.scheme !== "" ? `${url.scheme}://${host}` : host,
    schema: unquote(url.path.slice(1)),
    ...userOf(url.netloc),
    port: portOf(url.netloc),
    extra: extraOf(url.query),
  };
}

/** Python's `urlsplit`, as far as its parts matter here. */
function splitUrl(text: string): SplitUrl {
  // deno-lint-ignore no-control-regex -- Python drops just these
  let rest = text.replace(/^[\x00-\x20]+/, "").replaceAll(/[\t\r\n]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(rest)?.[1] ?? "";
  if (scheme !== "") rest = rest.slice(scheme.length + 1);
  let netloc = "";
  if (rest.startsWith("//")) {
    netloc = /^[^/?#]*/.exec(rest.slice(2))?.[0] ?? "";
    rest = rest.slice(2 + netloc.length);
    checkNetloc(netloc);
  }
  const [beforeFragment = ""] = rest.split("#", 1);
  const [path = ""] = beforeFragment.split("?", 1);
  return {
    scheme: scheme.toLowerCase(),
    netloc,
    path,
    query: beforeFragment.slice(path.length + 1),
  };
}

function checkNetloc(netloc: string): void {
  if (netloc.includes("[") !== netloc.includes("]")) {
    throw new Error("the brackets around the URI's host do not match");
  }
  if (netloc.includes("[")) checkBracketed(netloc);
  const plain = netloc.replaceAll(/[@:#?]/g, "");
  const normal = plain.normalize("NFKC");
  if (plain !== normal && /[/?#@:]/.test(normal)) {
    throw new Error("the URI's host holds a character that stands for / ? # @ or :");
  }
}

function checkBracketed(netloc: string): void {
  const [inside = ""] = netloc.slice(netloc.indexOf("[") + 1).split("]", 1);
  const isIp = /^v[0-9a-f]+\..+$/i.test(inside) || URL.canParse(`http://[${inside.split("%")[0]}]`);
  if (!isIp) throw new Error("what stands in the brackets is no IPv6 address");
}

function hostOf(netloc: string): string {
  const [name, percent, zone] = partition(hostAndPort(netloc).host, "%");
  const host = unquote(name.toLowerCase() + percent + zone);
  if (!host.includes("/")) return host;
  // A path in the place of a host keeps its capitals.
  return unquote(partition(afterLast(netloc, "@"), ":")[0]);
}

function portOf(netloc: string): number | null {
  const { port } = hostAndPort(netloc);
  if (port === "") return null;
  if (!/^[0-9]+$/.test(port) || Number(port) > 65535) {
    throw new Error("the URI's port: expected a whole number from 0 to 65535");
  }
  return Number(port);
}

function hostAndPort(netloc: string): { host: string; port: string } {
  const place = afterLast(netloc, "@");
  const [, bracket, bracketed] = partition(place, "[");
  if (bracket === "") {
    const [host, , port] = partition(place, ":");
    return { host, port };
  }
  const [host, , rest] = partition(bracketed, "]");
  return { host, port: partition(rest, ":")[2] };
}

function userOf(netloc: string): { login: string | null; password: string | null } {
  const at = netloc.lastIndexOf("@");
  if (at < 0) return { login: null, password: null };
  const [login, colon, password] = partition(netloc.slice(0, at), ":");
  return { login: unquote(login), password: colon === "" ? null : unquote(password) };
}

function extraOf(query: string): string | null {
  if (query === "") return null;
  // The leading & keeps a question mark that opens the query.
  const fields = new Map(new URLSearchParams(`&${query}`));
  return fields.get(EXTRA_KEY) ?? pythonJson(Object.fromEntries(fields));
}

/** Python's `unquote`: what is no escape stays, what is no UTF-8 becomes U+FFFD. */
function unquote(text: string): string {
  return text.replaceAll(
    /(?:%[0-9a-f]{2})+/gi,
    (escapes) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(escapes)),
  );
}

function bytesOf(escapes: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(escapes.slice(1).split("%"), (digits) => parseInt(digits, 16));
}

/** Python's `str.partition`. */
function partition(text: string, separator: string): [string, string, string] {
  const at = text.indexOf(separator);
  return at < 0
    ? [text, "", ""]
    : [text.slice(0, at), separator, text.slice(at + separator.length)];
}

function afterLast(text: string, separator: string): string {
  return text.slice(text.lastIndexOf(separator) + 1);
}
