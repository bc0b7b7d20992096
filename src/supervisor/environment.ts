/**
 * Environment variables, where they may be read.
 *
 * @module
 */

/** The value of a variable; undefined where it is not set, or may not be read. */
export function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // An author's test may run without the permission to read the environment.
    return undefined;
  }
}
