/**
 * Safe HTML: templates escape every text. Also the parts and texts that several sections share.
 *
 * @module
 */

import { exceptionLines, printable } from "./log_line.ts";

/** Safe markup, from {@linkcode markup} or {@linkcode trusted}. */
export class Markup {
  /** The markup. */
  readonly text: string;

  /** Wraps markup that is safe. */
  constructor(text: string) {
    this.text = text;
  }
}

/** A value in a template: texts are escaped, markup is not, and lists are joined. */
export type Part = string | number | Markup | undefined | readonly Part[];

/**
 * Makes markup from a template. Line breaks of the template are dropped. Attributes with a value
 * must be quoted.
 *
 * @example
 * ```ts
 * import { markup } from "./markup.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const name = "</script><b a='1'>";
 * assertEquals(
 *   markup`<p title="${name}">${[1, markup`<br>`]}</p>`.text,
 *   '<p title="&lt;/script&gt;&lt;b a=&#39;1&#39;&gt;">1<br></p>',
 * );
 * ```
 */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: template.map(unwrapped) }, ...parts.map(markupOf)));
}

/** Removes the line breaks and the indentation of the source. */
function unwrapped(text: string): string {
  return text.replaceAll(
    /(^|>?)\n *(<|$)?/g,
    (_layout, before: string, after = "", at: number) =>
      before !== "" || after !== "" || at === 0 || isEnd(text, at) ? before + after : " ",
  );
}

function isEnd(text: string, at: number): boolean {
  return text.slice(at).trim() === "";
}

/** Wraps a text of this program, such as a style sheet, that must not be escaped. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

/** Characters that change the direction of text, shown as escapes. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

function markupOf(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "number") return String(part);
  if (typeof part !== "string") return part.map(markupOf).join("");
  return printable(part, "\n\t")
    .replaceAll(TURNING, (one) => `\\u${one.charCodeAt(0).toString(16)}`)
    .replaceAll(/[&<>"']/g, (one) => ENTITIES.get(one) ?? one);
}

/** Formats Airflow's exception structure as a JavaScript stack trace. */
export function exceptionBlock(exception: unknown): Markup {
  const lines = exceptionLines(exception).map((line) => line.slice("    ".length));
  return markup`
    <pre class="stack" tabindex="0">${lines.join("\n")}</pre>
  `;
}

/**
 * Formats milliseconds in a suitable unit.
 *
 * @example
 * ```ts
 * import { durationText } from "./markup.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.0123, 4.56, 789, 1234, 65_000].map(durationText), [
 *   "12 µs",
 *   "4.6 ms",
 *   "789 ms",
 *   "1.23 s",
 *   "1 min 5 s",
 * ]);
 * ```
 */
export function durationText(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor(ms / 1000) % 60} s`;
}

/** A span of time, in milliseconds. */
export interface TimeSpan {
  /** The start of the span. */
  readonly from: number;
  /** The end of the span. */
  readonly to: number;
}

/** The position of a time in a span, as a percentage for an SVG attribute. */
export function share(time: number, { from, to }: TimeSpan): string {
  const part = Math.min(1, Math.max(0, (time - from) / (to - from)));
  return `${Number((part * 100).toFixed(4))}%`;
}

/** Formats a number with its noun. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
