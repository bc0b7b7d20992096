/**
 * Reads environment variables.
 *
 * @module
 */

/** Returns a variable; undefined when it is not set, not UTF-8, or not permitted. */
export function readVariable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    // Tests of authors may run without the permission to read the environment.
    return undefined;
  }
}
