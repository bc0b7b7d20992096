/**
 * The schema version of a session.
 *
 * @module
 */
import type { SchemaVersion, StartupDetails } from "../protocol/generated.ts";

/**
 * Returns the schema version that the bundle declares. Airflow does not send it, but sends the fields
 * of a newer version only to bundles that declare it.
 */
export function schemaVersionOf({ ti_context }: StartupDetails): SchemaVersion {
  return "arg_bindings" in ti_context ? "2026-10-30" : "2026-06-16";
}
