/**
 * The environment as the code of a bundle sees it: the declared variables, and those that it sets.
 *
 * A variable that the bundle does not declare reads as undefined, like one that is not set. Many
 * packages read dozens of optional variables when they load, and must not fail for that.
 *
 * @module
 */
import { matches, READABLE_VARIABLES } from "./confinement.ts";

/** The names of variables that were read and had no value. */
const unset = new Set<string>();

/** Installs the view in `Deno.env`, through which Node's `process.env` reads too. */
export function viewEnvironment(env: Deno.Env = Deno.env): void {
  const real = {
    get: env.get.bind(env),
    set: env.set.bind(env),
    delete: env.delete.bind(env),
    toObject: env.toObject.bind(env),
  };
  // Deno does not return the value that code assigns to a variable without permission to read it.
  const own = new Map<string, string | undefined>();
  env.get = (name) => {
    if (own.has(name)) return own.get(name);
    const value = real.get(name);
    if (value === undefined) unset.add(name);
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

/** Returns the variables that the bundle's code read although it does not declare them, sorted. */
export function undeclaredVariables(declared: readonly string[] | true = []): string[] {
  if (declared === true) return [];
  const known = [...READABLE_VARIABLES, ...declared];
  return [...unset].filter((name) => !known.some((entry) => matches(entry, name))).toSorted();
}
