/**
 * HTML that cannot be broken out of: every text that is put into a template is escaped.
 *
 * @module
 */

import { printable } from "./log_line.ts";

/** Markup that is safe as it is: only {@linkcode markup} and {@linkcode trusted} make it. */
export class Markup {
  /** The markup. */
  readonly text: string;

  /** Markup that is known to be safe. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: texts and numbers are escaped, markup goes in as it is, lists one by one. */
export type Part = string | number | Markup | undefined | readonly Part[];

/**
 * Makes markup of a template, whose line breaks are layout of the source only. Attributes that hold a part must be quoted.
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

/** The template without the line breaks and the indentation that the source is laid out with. */
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

/** Markup that the page itself brings: a style sheet, a script. Nothing of an author's. */
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

/** Characters that would turn around the text behind them: shown, as control characters are. */
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
