/**
 * A bundle's permissions as flags of `deno run` and `deno compile`.
 *
 * @module
 */
import type { TaskRuntimeError } from "../error.ts";
import { READABLE_VARIABLES } from "../runtime/launch/confinement.ts";
import { isPlainObject } from "../values.ts";

/** The permissions that a bundle declares: by kind, a list or all. */
export type PermissionsMetadata = Readonly<Record<string, readonly string[] | true>>;

/** The permissions that the runtime needs in a module that is run by itself: sockets and variables. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  net: ["127.0.0.1", "localhost", "[::1]"],
  env: READABLE_VARIABLES,
};

/** A program made by `deno compile` starts the exit helper itself, by a shell. */
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  ...OWN,
  run: Deno.build.os === "windows" ? [] : ["/bin/sh"],
};

/** Reads permissions from a report or metadata; `fail` creates the error from a cause. */
export function readPermissions(
  value: unknown,
  fail: (reason: string) => TaskRuntimeError,
): PermissionsMetadata {
  if (!isPlainObject(value)) throw fail("its permissions are not a mapping");
  const kinds = Object.entries(value).map(([kind, list]): [string, readonly string[] | true] => {
    if (list === true) return [kind, true];
    const entries: readonly unknown[] = Array.isArray(list) ? list : [undefined];
    const texts = entries.filter((entry) => typeof entry === "string");
    if (!/^[a-z]+$/.test(kind) || texts.length < entries.length) {
      throw fail(`its permission ${JSON.stringify(kind)} must be true or a list of strings`);
    }
    return [kind, texts];
  });
  return Object.fromEntries(kinds);
}

/** Describes permissions as an author writes them: `net: api.example.com; env: all`. */
export function describePermissions(permissions: PermissionsMetadata | undefined): string {
  if (permissions === undefined) return "what the worker allows to bundles of other SDKs";
  const kinds = Object.entries(permissions).map(([kind, list]) =>
    `${kind}: ${list === true ? "all" : list.join(", ")}`
  );
  return kinds.join("; ") || "none but to talk with Airflow";
}

/** Returns the flags of `deno run` for a module that is run by itself. */
export function moduleFlags(permissions: PermissionsMetadata): string[] {
  return permissionFlags(permissions, OWN);
}

/** Returns the flags of `deno compile` for a self-contained bundle. */
export function compileFlags(permissions: PermissionsMetadata): string[] {
  return permissionFlags(permissions, COMPILED);
}

function permissionFlags(permissions: PermissionsMetadata, own: typeof OWN): string[] {
  const kinds = new Set([...Object.keys(own), ...Object.keys(permissions)]);
  return [
    "--no-prompt",
    ...ignoreFlag(permissions["env"]),
    ...[...kinds].flatMap((kind) => permissionFlag(kind, permissions[kind] ?? [], own[kind])),
  ];
}

/** The flags of `deno run` for a thin bundle. */
export interface RunFlags {
  /** Flags that are the same in every launch. */
  readonly fixed: readonly string[];
  /** Values of the kinds to which each launch adds what the runtime needs. */
  readonly net: readonly string[] | true;
  readonly read: readonly string[] | true;
  readonly write: readonly string[] | true;
}

/** Returns the flags for a thin bundle, which never imports modules at run time. */
export function runFlags(permissions: PermissionsMetadata): RunFlags {
  const { net = [], read = [], write = [], env = [] } = permissions;
  const fixed = [
    ...permissionFlag("env", env, READABLE_VARIABLES),
    ...ignoreFlag(env),
    ...["run", "sys", "ffi"].flatMap((kind) => permissionFlag(kind, permissions[kind] ?? [])),
    "--deny-import",
    "--no-remote",
    "--no-npm",
  ];
  return { fixed, net, read, write };
}

/** Makes undeclared variables read as undefined; without it, the code that reads them fails. */
function ignoreFlag(env: readonly string[] | true | undefined): string[] {
  return env === true ? [] : ["--ignore-env"];
}

/** Returns one flag, or nothing for an empty list, which would allow everything. */
function permissionFlag(
  kind: string,
  declared: readonly string[] | true,
  own: readonly string[] = [],
): string[] {
  if (declared === true) return [`--allow-${kind}`];
  const all = [...own, ...declared];
  return all.length === 0 ? [] : [`--allow-${kind}=${all.join(",")}`];
}
