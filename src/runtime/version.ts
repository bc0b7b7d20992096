/**
 * The version of the runtime, as it stands in deno.json; a test holds the two together.
 *
 * @module
 */

/** The version of this runtime and module. */
export const VERSION = "0.1.0";
