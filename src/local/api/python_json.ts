/**
 * JSON texts as Python writes them, where a task sees the text itself.
 *
 * @module
 */

/**
 * Writes JSON as Python's `json.dumps` does: spaces after commas and colons, ASCII only.
 *
 * @example
 * ```ts
 * import { pythonJson } from "./python_json.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pythonJson({ a: [1, "ä"] }), '{"a": [1, "\\u00e4"]}');
 * ```
 */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${ascii(key)}: ${pythonJson(item)}`);
    return `{${pairs.join(", ")}}`;
  }
  return typeof value === "string" ? ascii(value) : JSON.stringify(value) ?? "null";
}

function ascii(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
