/**
 * Addresses of objects, and the names in their keys.
 *
 * @module
 */
import type { Location } from "./store.ts";
import { TaskRuntimeError } from "./task_runtime.ts";

/** Protocol, connection, bucket and key. */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/]*)@)?([^/@]*)(?:\/(.*))?$/is;
const BUCKET = /^[a-z0-9][a-z0-9._-]*$/i;

/**
 * Parses `s3://conn_id@bucket/key` or `file:///path`. The key is not decoded.
 *
 * @throws {TaskRuntimeError} `INVALID` if the address is not valid
 */
export function parseLocation(text: string, connId: string | null = null): Location {
  const [, protocol, named, bucket = "", key = ""] = ADDRESS.exec(text) ?? [];
  switch (protocol?.toLowerCase()) {
    case "file":
      if (bucket === "" && !named && connId === null) {
        // Two slashes are one in a file system, but not in the key of an object.
        return checked({ protocol: "file", connId: null, bucket, key: collapse(key) }, text);
      }
      throw invalid(text, "a file has neither a connection nor a host. Write file:///path");
    case "s3":
      if (BUCKET.test(bucket)) {
        return checked({ protocol: "s3", connId: connId ?? (named || null), bucket, key }, text);
      }
      throw invalid(text, `"${bucket}" is not a valid bucket name. Write s3://conn_id@bucket/key`);
    default:
      throw invalid(text, "it must begin with file:// or s3://");
  }
}

/** Returns the address of a location. */
export function uriOf({ protocol, connId, bucket, key }: Location): string {
  const user = connId === null ? "" : `${connId}@`;
  return `${protocol}://${user}${bucket}${key === "" && bucket !== "" ? "" : `/${key}`}`;
}

/** Returns the location with another key. */
export function withKey(location: Location, key: string): Location {
  const cleaned = location.protocol === "file" ? collapse(key) : key;
  return checked({ ...location, key: cleaned }, key);
}

/** Returns the key with a trailing slash, unless it is empty. */
export function directoryKey(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

/** Returns the last part of a key, without slashes. */
export function lastPart(key: string): string {
  const bare = key.replace(/\/+$/, "");
  return bare.slice(bare.lastIndexOf("/") + 1);
}

/** Returns the key of the parent directory, without a trailing slash. */
export function parentKey(key: string): string {
  const bare = key.replace(/\/+$/, "");
  return bare.slice(0, Math.max(0, bare.lastIndexOf("/")));
}

/** Returns the suffix of a name with its dot, as Python's pathlib does. */
export function suffixOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 && dot < name.length - 1 ? name.slice(dot) : "";
}

function collapse(key: string): string {
  return key.replace(/\/{2,}/g, "/").replace(/^\//, "");
}

function checked(location: Location, text: string): Location {
  const { protocol, key } = location;
  if (!key.isWellFormed() || key.includes("\0")) {
    throw invalid(text, "it contains a character that stores do not accept");
  }
  // A URL cannot contain such a key, because clients resolve the dots.
  if (protocol === "s3" && /(?:^|\/)\.{1,2}(?:\/|$)/.test(key)) {
    throw invalid(text, 'its key must not have a part "." or ".."');
  }
  return location;
}

function invalid(text: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot parse path ${JSON.stringify(text)}: ${reason}`);
}
