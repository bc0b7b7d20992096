/**
 * An exception as Airflow's log structure holds it, with its frames and its causes.
 *
 * @module
 */

import { exceptionLines } from "./log_line.ts";
import { type Markup, markup } from "./markup.ts";

/** The exception, the way a stack trace reads in JavaScript. */
export function exceptionBlock(exception: unknown): Markup {
  const lines = exceptionLines(exception).map((line) => line.slice("    ".length));
  return markup`
    <pre class="stack" tabindex="0">${lines.join("\n")}</pre>
  `;
}
