/**
 * Values as trees that a reader unfolds.
 *
 * @module
 */

import { type Markup, markup, type Part, plural } from "./markup.ts";
import { isPlainObject } from "../../values.ts";

/** The maximum number of shown items of a list or an object; the page counts the others. */
const MAX_ITEMS = 200;
/** The maximum number of shown values of a tree. */
const MAX_VALUES = 5000;
/** The maximum number of shown characters of a text. */
const MAX_TEXT = 20_000;
/** The maximum length of a text that is not folded. */
const MAX_LINE = 300;
/** The maximum number of shown levels. */
const MAX_DEPTH = 60;
/** The length of the summary of a folded value. */
const SUMMARY_LENGTH = 80;

/** Makes a tree of a value, with folded lists and objects. Large values are cut. */
export function valueTree(value: unknown, label?: string): Markup {
  return tree(value, label, 0, { left: MAX_VALUES });
}

/** Makes a tree of each field of an object. */
export function fieldTrees(value: unknown): Markup[] {
  return (entriesOf(value) ?? []).map(([key, item]) => valueTree(item, key));
}

/** Summarizes a value in one line of JSON. */
export function valueSummary(value: unknown): string {
  const text = previewOf(value, 3);
  return text.length > SUMMARY_LENGTH ? `${text.slice(0, SUMMARY_LENGTH)}…` : text;
}

interface Budget {
  left: number;
}

function tree(value: unknown, label: Part, depth: number, budget: Budget): Markup {
  const name = label === undefined ? "" : markup`<span class="key">${label}:</span>${" "}`;
  if (typeof value === "string" && value.length > MAX_LINE) {
    return folded(name, plural(value.length, "character"), value, leaf(value));
  }
  const entries = entriesOf(value);
  if (entries === undefined || entries.length === 0) {
    return markup`<div class="leaf">${name}${leaf(value)}</div>`;
  }
  const kind = plural(entries.length, Array.isArray(value) ? "item" : "field");
  if (depth >= MAX_DEPTH) {
    return markup`<div class="leaf">${name}<i>${kind}, too deep to show</i></div>`;
  }
  const shown: Markup[] = [];
  for (const [key, item] of entries.slice(0, MAX_ITEMS)) {
    if (budget.left <= 0) break;
    budget.left -= 1;
    shown.push(tree(item, key, depth + 1, budget));
  }
  const rest = entries.length - shown.length;
  const more = rest > 0 ? markup`<div class="leaf"><i>${rest} more, not shown</i></div>` : "";
  return folded(name, kind, value, [shown, more]);
}

function folded(name: Part, kind: string, value: unknown, content: Part): Markup {
  const preview = markup`<span class="preview">${valueSummary(value)}</span>`;
  return markup`
    <details class="node">
      <summary>${name}<span class="kind">${kind}</span> ${preview}</summary>
      <div class="children">${content}</div>
    </details>
  `;
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown, index) => [String(index), item]);
  return isPlainObject(value) ? Object.entries(value) : undefined;
}

function leaf(value: unknown): Markup {
  if (typeof value !== "string") {
    const kind = value === null ? "null" : typeof value;
    return markup`<span class="value ${kind}">${previewOf(value, 1)}</span>`;
  }
  const rest = value.length - MAX_TEXT;
  const more = rest > 0 ? markup`<i>${rest} more characters, not shown</i>` : "";
  return markup`<span class="value string">"${value.slice(0, MAX_TEXT)}"</span>${more}`;
}

/** Writes the beginning of a value's JSON without visiting all of a large value. */
function previewOf(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, SUMMARY_LENGTH));
  const entries = entriesOf(value);
  if (entries === undefined) return String(value);
  const isList = Array.isArray(value);
  if (depth === 0 && entries.length > 0) return isList ? "[…]" : "{…}";
  const items = entries.slice(0, 12).map(([key, item]) =>
    (isList ? "" : `${JSON.stringify(key)}: `) + previewOf(item, depth - 1)
  );
  if (entries.length > items.length) items.push("…");
  return isList ? `[${items.join(", ")}]` : `{${items.join(", ")}}`;
}
