/**
 * Any value as the text of a log event.
 *
 * @module
 */

/** Text as it is, an error as its name and message, the rest as Deno shows values. Never throws. */
export function show(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    // The stack goes beside the event, where Airflow shows it unfolded.
    if (Error.isError(value)) return `${value.name}: ${value.message}`;
    return Deno.inspect(value, { colors: false });
  } catch {
    return "[cannot show]";
  }
}
