/**
 * The version of the runtime, the same as in deno.json, which a test checks.
 *
 * @module
 */

/** The version of this runtime and module. */
export const VERSION = "0.1.0";
