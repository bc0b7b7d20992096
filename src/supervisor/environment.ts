/**
 * Environment variables, where they may be read.
 *
 * @module
 */

/** The value of a variable; undefined where it is not set, is no text, or may not be read. */
export function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // An author's test may run without the permission to read the environment, and what a worker's
    // holds may be no UTF-8.
    return undefined;
  }
}
