/**
 * The text of a log event for any value.
 *
 * @module
 */

/**
 * Returns a text as it is, an error as its name and message, other values as Deno shows them. Never
 * throws.
 */
export function show(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    // The stack is in another field, which Airflow shows on several lines.
    if (Error.isError(value)) return `${value.name}: ${value.message}`;
    return Deno.inspect(value, { colors: false });
  } catch {
    return "[cannot show]";
  }
}
