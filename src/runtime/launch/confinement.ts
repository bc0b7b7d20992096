/**
 * Revokes the permissions that a bundle does not declare, before its code runs.
 *
 * The runtime binary is compiled with every permission, and a Deno program can only revoke a whole
 * kind of permission. So a bundle that declares one host has all of `net`, and a kind that it does not
 * declare is denied for good. Only environment variables are exact: the bundle sees a copy of those
 * that it declares.
 *
 * @module
 */
import { readVariable } from "../../supervisor/environment.ts";

/** A bundle's permissions by kind: a list or `true`. */
export type DeclaredPermissions = Readonly<Record<string, unknown>>;

/** The kinds of permission, as Deno names them. */
export const KINDS = ["net", "env", "read", "write", "run", "sys", "ffi", "import"] as const;

/**
 * The variables that every bundle may read. Of Airflow's own, only those that the runtime reads:
 * others hold the database's address, keys, or commands that print secrets.
 */
export const READABLE_VARIABLES: readonly string[] = [
  "AIRFLOW_TASK_RUNTIME_RECORD",
  "AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME",
  "AIRFLOW__LOGGING__LOGGING_LEVEL",
  "AIRFLOW__LOGGING__NAMESPACE_LEVELS",
  "AIRFLOW__STATE_STORE__DEFAULT_RETENTION_DAYS",
  "OTEL_DENO",
  "HOME",
  "LANG",
  "LC_ALL",
  "NODE_ENV",
  "NODE_V8_COVERAGE",
  "NO_COLOR",
  "PATH",
  "TMPDIR",
  "TZ",
];

/** Returns true if a bundle with these permissions can create files itself. */
export function mayMakeFiles(declared: DeclaredPermissions): boolean {
  return isDeclared(declared["read"]) && isDeclared(declared["write"]);
}

/** Revokes, for the rest of this process, what `declared` does not contain. */
export function confine(declared: DeclaredPermissions): void {
  if (declared["env"] !== true) {
    confineEnvironment(list(declared["env"]), isDeclared(declared["run"]));
  }
  for (const name of KINDS) {
    if (name !== "env" && !isDeclared(declared[name])) Deno.permissions.revokeSync({ name });
  }
}

function isDeclared(value: unknown): boolean {
  return value === true || list(value).length > 0;
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/**
 * Keeps the declared variables as a copy, which Node's `process.env` reads too; all others read as
 * undefined. Programs that the bundle starts inherit no other variables either.
 */
function confineEnvironment(names: readonly string[], startsPrograms: boolean): void {
  const allowed = [...READABLE_VARIABLES, ...names];
  const { env } = Deno;
  const isAllowed = (name: string): boolean => allowed.some((entry) => matches(entry, name));
  const all = startsPrograms || names.some((name) => name.endsWith("*"))
    ? Object.keys(env.toObject())
    : allowed;
  const kept = new Map<string, string>();
  for (const name of all) {
    const value = isAllowed(name) ? readVariable(name) : undefined;
    if (value !== undefined) kept.set(name, value);
    else if (startsPrograms) env.delete(name);
  }
  Deno.permissions.revokeSync({ name: "env" });
  env.get = (name) => kept.get(name);
  env.has = (name) => kept.has(name);
  env.set = (name, value) => void kept.set(name, String(value));
  env.delete = (name) => void kept.delete(name);
  env.toObject = () => Object.fromEntries(kept);
}

/** Returns true if `entry`, a declared name that may end in `*`, matches the variable `name`. */
export function matches(entry: string, name: string): boolean {
  return entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry;
}
