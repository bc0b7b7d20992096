/**
 * Takes away what a bundle does not name, before its code is run.
 *
 * The runtime binary is compiled with every permission, and Deno lets a program give up a kind of
 * permission as a whole only. So what a bundle names of a kind leaves it that kind, and what it does
 * not name is gone for good; but variables are exact: the named ones are kept as a copy.
 *
 * The compiled binary loads this file before the bundle, so it imports next to nothing.
 *
 * @module
 */
import { readVariable } from "../../supervisor/environment.ts";
import { READABLE_VARIABLES } from "./own_permissions.ts";

/** What is read of a bundle's permissions here: by kind, a list or `true`. */
export type NamedPermissions = Readonly<Record<string, unknown>>;

const KINDS = ["net", "read", "write", "run", "sys", "ffi", "import"] as const;

/** Whether a bundle of these permissions may still make files of its own. */
export function mayMakeFiles(named: NamedPermissions): boolean {
  return isNamed(named["read"]) && isNamed(named["write"]);
}

/** Gives up, for this process and for good, what `named` does not name. */
export function confine(named: NamedPermissions): void {
  if (named["env"] !== true) confineEnvironment(list(named["env"]), isNamed(named["run"]));
  for (const name of KINDS) if (!isNamed(named[name])) Deno.permissions.revokeSync({ name });
}

function isNamed(value: unknown): boolean {
  return value === true || list(value).length > 0;
}

function list(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/**
 * Leaves the named variables as a copy; node's `process.env` asks `Deno.env` too, and for all other
 * names Deno itself refuses. What is started inherits no other variables either.
 */
function confineEnvironment(names: readonly string[], starts: boolean): void {
  const allowed = [...READABLE_VARIABLES, ...names];
  const { env } = Deno;
  const has = env.has.bind(env);
  const get = env.get.bind(env);
  const isAllowed = (name: string): boolean =>
    allowed.some((entry) =>
      entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry
    );
  const all = starts || names.some((name) => name.endsWith("*"))
    ? Object.keys(env.toObject())
    : allowed;
  const kept = new Map<string, string | undefined>();
  for (const name of all) {
    if (isAllowed(name)) kept.set(name, readVariable(name));
    else if (starts) env.delete(name);
  }
  Deno.permissions.revokeSync({ name: "env" });
  env.get = (name) => isAllowed(name) ? kept.get(name) : get(name);
  env.has = (name) => isAllowed(name) ? kept.get(name) !== undefined : has(name);
}
