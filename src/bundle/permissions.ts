/**
 * A bundle's permissions as flags of `deno run` and `deno compile`.
 *
 * @module
 */
import type { TaskRuntimeError } from "../error.ts";
import { isMapping } from "./metadata.ts";

/** The permissions that a bundle names: by kind, a list or all. */
export type PermissionsMetadata = Readonly<Record<string, readonly string[] | true>>;

/** What the runtime needs beside: its two sockets, and the shell that outlives it by a moment. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  net: ["127.0.0.1", "localhost", "[::1]"],
  run: Deno.build.os === "windows" ? [] : ["/bin/sh"],
};

/** Reads permissions from a report or metadata; `fail` makes the error from a reason. */
export function readPermissions(
  value: unknown,
  fail: (reason: string) => TaskRuntimeError,
): PermissionsMetadata {
  if (value === undefined) return {};
  if (!isMapping(value)) throw fail("its permissions are no mapping");
  const kinds = Object.entries(value).map(([kind, list]): [string, readonly string[] | true] => {
    if (list === true) return [kind, true];
    const entries: readonly unknown[] = Array.isArray(list) ? list : [undefined];
    const texts = entries.filter((entry) => typeof entry === "string");
    if (!/^[a-z]+$/.test(kind) || texts.length < entries.length) {
      throw fail(`its permission ${JSON.stringify(kind)} is neither a list of texts nor true`);
    }
    return [kind, texts];
  });
  return Object.fromEntries(kinds);
}

/** What a bundle may do, as its author writes it: `net: api.example.com; env: all`. */
export function describePermissions(permissions: PermissionsMetadata): string {
  const kinds = Object.entries(permissions).map(([kind, list]) =>
    `${kind}: ${list === true ? "all" : list.join(", ")}`
  );
  return kinds.join("; ") || "none but to talk with Airflow";
}

/**
 * The flags by which a bundle's module gets what it names, and the runtime in it what it needs;
 * `readable` are the variables that every bundle may read.
 */
export function permissionFlags(
  permissions: PermissionsMetadata,
  readable: readonly string[],
): string[] {
  const own: Readonly<Record<string, readonly string[]>> = { ...OWN, env: readable };
  const kinds = new Set([...Object.keys(own), ...Object.keys(permissions)]);
  return [
    "--no-prompt",
    ...[...kinds].flatMap((kind) => {
      const named = permissions[kind] ?? [];
      if (named === true) return [`--allow-${kind}`];
      const all = [...own[kind] ?? [], ...named];
      // An empty list would allow all.
      return all.length === 0 ? [] : [`--allow-${kind}=${all.join(",")}`];
    }),
  ];
}
