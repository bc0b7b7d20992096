/**
 * Ids of capabilities.yaml in the titles of tests.
 *
 * @module
 */

/** Returns what a title ends with, e.g. `" [capability.skipped]"`; nothing without an id. */
export function proof(id: string | undefined): string {
  return id === undefined ? "" : ` [${id}]`;
}
