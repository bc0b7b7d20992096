/**
 * Addresses of objects, and the names in them.
 *
 * @module
 */
import type { Location } from "./store.ts";
import { TaskRuntimeError } from "./task_runtime.ts";

/** What stands before the key: protocol, connection, bucket. */
const ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/(?:([^/]*)@)?([^/@]*)(?:\/(.*))?$/is;
const BUCKET = /^[a-z0-9][a-z0-9._-]*$/i;

/**
 * Reads `s3://conn_id@bucket/key` or `file:///path`. Keys are taken as they are written, with spaces
 * and percent signs: nothing is decoded.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is no such address
 */
export function parseLocation(text: string, connId: string | null = null): Location {
  const [, protocol, named, bucket = "", key = ""] = ADDRESS.exec(text) ?? [];
  switch (protocol?.toLowerCase()) {
    case "file":
      if (bucket === "" && !named && connId === null) {
        // Two slashes mean one in a file system; an object's key may have them.
        return checked({ protocol: "file", connId: null, bucket, key: collapse(key) }, text);
      }
      throw invalid(text, "a file has no connection and no host; write file:///path");
    case "s3":
      if (BUCKET.test(bucket)) {
        return checked({ protocol: "s3", connId: connId ?? (named || null), bucket, key }, text);
      }
      throw invalid(text, `"${bucket}" is no name of a bucket; write s3://conn_id@bucket/key`);
    default:
      throw invalid(text, "it begins with neither file:// nor s3://");
  }
}

/** The location as it is written. */
export function uriOf({ protocol, connId, bucket, key }: Location): string {
  const user = connId === null ? "" : `${connId}@`;
  return `${protocol}://${user}${bucket}${key === "" && bucket !== "" ? "" : `/${key}`}`;
}

/** The location with another key. */
export function withKey(location: Location, key: string): Location {
  const cleaned = location.protocol === "file" ? collapse(key) : key;
  return checked({ ...location, key: cleaned }, key);
}

/** The key as that of a directory: with a slash behind it, unless it is empty. */
export function directoryKey(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

/** The last part of a key, without slashes. */
export function nameOf(key: string): string {
  const bare = key.replace(/\/+$/, "");
  return bare.slice(bare.lastIndexOf("/") + 1);
}

/** What the last part lies in: a key without a slash behind it. */
export function parentKey(key: string): string {
  const bare = key.replace(/\/+$/, "");
  return bare.slice(0, Math.max(0, bare.lastIndexOf("/")));
}

/** Where the last dot of a name begins a suffix, as Python's pathlib has it. */
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
    throw invalid(text, "it holds a character that no store can keep");
  }
  // URLs have no way to say such a key: every client would resolve the dots.
  if (protocol === "s3" && /(?:^|\/)\.{1,2}(?:\/|$)/.test(key)) {
    throw invalid(text, 'a key with a part "." or ".." cannot be asked for');
  }
  return location;
}

function invalid(text: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot use ${JSON.stringify(text)} as path: ${reason}`);
}
