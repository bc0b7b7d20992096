/**
 * The environment as the code of a bundle sees it: the declared variables, and what it sets itself.
 *
 * A variable that the bundle does not declare reads as undefined, as one that is not set. Packages
 * look for dozens of optional variables, and must not fail over them.
 *
 * @module
 */
import { matches, READABLE_VARIABLES } from "./confinement.ts";

const asked = new Set<string>();

/** Installs the view in `Deno.env`, through which Node's `process.env` reads too. */
export function viewEnvironment(env: Deno.Env = Deno.env): void {
  const real = {
    get: env.get.bind(env),
    set: env.set.bind(env),
    delete: env.delete.bind(env),
    toObject: env.toObject.bind(env),
  };
  // Deno does not keep what is assigned to a variable that may not be read.
  const own = new Map<string, string | undefined>();
  env.get = (name) => {
    if (own.has(name)) return own.get(name);
    const value = real.get(name);
    if (value === undefined) asked.add(name);
    return value;
  };
  env.has = (name) => env.get(name) !== undefined;
  env.set = (name, value) => {
    real.set(name, value);
    own.set(name, String(value));
  };
  env.delete = (name) => {
    real.delete(name);
    own.set(name, undefined);
  };
  env.toObject = () => {
    const all = [...Object.entries(real.toObject()), ...own];
    const set = new Map<string, string>();
    for (const [name, value] of all) {
      if (value === undefined) set.delete(name);
      else set.set(name, value);
    }
    return Object.fromEntries(set);
  };
}

/** Returns the variables that the bundle's code asked for without declaring them, sorted. */
export function undeclaredVariables(declared: readonly string[] | true = []): string[] {
  if (declared === true) return [];
  const known = [...READABLE_VARIABLES, ...declared];
  return [...asked].filter((name) => !known.some((entry) => matches(entry, name))).toSorted();
}
