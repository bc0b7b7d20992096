/**
 * The permissions of a bundle's tasks.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** The entries of a permission, in the form of Deno's permission flags, or `true` for all. */
export type PermissionList = readonly string[] | true;

/**
 * The permissions that a bundle declares for its tasks, named after Deno's flags. Deno denies all
 * others.
 *
 * Requests to Airflow need no permission.
 */
export interface Permissions {
  /** Hosts to connect to: `"api.example.com"`, `"10.0.0.7:5432"`, `"*.example.com"`. */
  readonly net?: PermissionList;
  /** Environment variables: `"API_TOKEN"`, `"AWS_*"`. */
  readonly env?: PermissionList;
  /** Absolute paths of files and directories to read. */
  readonly read?: PermissionList;
  /** Absolute paths of files and directories to write. */
  readonly write?: PermissionList;
  /** Programs to start. Deno does not restrict a program that was started. */
  readonly run?: PermissionList;
  /** System information to read: `"hostname"`, `"cpus"` … */
  readonly sys?: PermissionList;
  /** Native libraries to load. Deno does not restrict a library that was loaded. */
  readonly ffi?: PermissionList;
}

/** The permissions that a bundle can declare. */
export const PERMISSION_KINDS = ["net", "env", "read", "write", "run", "sys", "ffi"] as const;

/**
 * Checks the permissions, and returns a copy.
 *
 * @throws {TaskRuntimeError} `INVALID` for an unknown permission, or an entry that a flag of Deno
 * cannot contain
 */
export function checkPermissions(permissions: Permissions): Permissions {
  const known: readonly string[] = PERMISSION_KINDS;
  for (const [kind, list] of Object.entries(permissions)) {
    if (!known.includes(kind)) {
      throw cannotPermit(kind, `it does not exist; permissions: ${known.join(", ")}`);
    }
    if (list === true) continue;
    if (!Array.isArray(list)) throw cannotPermit(kind, "must be a list of texts or true");
    for (const entry of list) {
      // A comma separates entries on the command line, and an empty list there would allow all.
      if (typeof entry !== "string" || !/^[^,\s\0]+$/.test(entry)) {
        throw cannotPermit(
          kind,
          `an entry must be a text without space and comma, got ${JSON.stringify(entry)}`,
        );
      }
    }
  }
  return { ...permissions };
}

function cannotPermit(kind: string, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot declare permission "${kind}": ${reason}`);
}
