/**
 * Which schema date the supervisor speaks with us.
 *
 * @module
 */
import type { SchemaDate, StartupDetails } from "../protocol/generated.ts";

/**
 * The schema date that the bundle declares, told by what Airflow sends: a newer date's fields, null
 * or not, come to a bundle that declares that date, and to no other.
 */
export function schemaDateOf({ ti_context }: StartupDetails): SchemaDate {
  return "arg_bindings" in ti_context ? "2026-10-30" : "2026-06-16";
}
