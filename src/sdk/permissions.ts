/**
 * What a bundle's tasks may do beyond talking with Airflow.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** Some of a kind, as Deno's permission flags spell them, or all of it. */
export type PermissionList = readonly string[] | true;

/**
 * The permissions that a bundle's tasks need, as of Deno's flags; what is not named is denied.
 *
 * Talking with Airflow needs none of them.
 */
export interface Permissions {
  /** Hosts to connect to: `"api.example.com"`, `"10.0.0.7:5432"`, `"*.example.com"`. */
  readonly net?: PermissionList;
  /** Environment variables: `"API_TOKEN"`, `"AWS_*"`. */
  readonly env?: PermissionList;
  /** Files and folders to read, absolute paths. */
  readonly read?: PermissionList;
  /** Files and folders to write, absolute paths. */
  readonly write?: PermissionList;
  /** Programs to start: a program that is started is itself under no restriction. */
  readonly run?: PermissionList;
  /** What of the system to ask for: `"hostname"`, `"cpus"` … */
  readonly sys?: PermissionList;
  /** Native libraries to load: one that is loaded is itself under no restriction. */
  readonly ffi?: PermissionList;
}

/** The kinds that a bundle may name. */
export const PERMISSION_KINDS = ["net", "env", "read", "write", "run", "sys", "ffi"] as const;

/**
 * A copy of the permissions, checked.
 *
 * @throws {TaskRuntimeError} `INVALID` for an unknown kind, or an entry that no flag can hold
 */
export function checkPermissions(permissions: Permissions): Permissions {
  const known: readonly string[] = PERMISSION_KINDS;
  for (const [kind, list] of Object.entries(permissions)) {
    if (!known.includes(kind)) {
      throw cannotPermit(kind, `there is no such permission, known are ${known.join(", ")}`);
    }
    if (list === true) continue;
    if (!Array.isArray(list)) throw cannotPermit(kind, "it is neither a list of texts nor true");
    for (const entry of list) {
      // A comma separates entries on the command line, and an empty list there would allow all.
      if (typeof entry !== "string" || !/^[^,\s\0]+$/.test(entry)) {
        throw cannotPermit(kind, `${JSON.stringify(entry)} is no text without space and comma`);
      }
    }
  }
  return { ...permissions };
}

function cannotPermit(kind: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot use permission "${kind}": ${reason}`);
}
