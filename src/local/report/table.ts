/**
 * Tables of text for the terminal.
 *
 * @module
 */

import { printable } from "./log_line.ts";

/** How a table is to look. */
export interface TableOptions {
  /** The most columns a cell may take on the screen; what is longer is cut with `…`. */
  readonly maxCellWidth?: number;
}

/**
 * Formats rows below a header, columns aligned, two spaces apart, without trailing spaces.
 *
 * @example
 * ```ts
 * import { formatTable } from "./table.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const text = formatTable(["TASK", "STATE"], [["extract", "success"], ["抽出", "failed"]]);
 * assertEquals(text, "TASK     STATE\nextract  success\n抽出     failed");
 * ```
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const limit = options.maxCellWidth ?? 60;
  const lines = [header, ...rows].map((row) => row.map((cell) => cut(printable(cell), limit)));
  const widths = header.map((_, column) =>
    Math.max(...lines.map((line) => textWidth(line[column] ?? "")))
  );
  return lines.map((line) =>
    widths.map((width, column) => {
      const cell = line[column] ?? "";
      return cell + " ".repeat(width - textWidth(cell));
    }).join("  ").trimEnd()
  ).join("\n");
}

/** Columns of the terminal that a text takes: two for wide characters, none for combining ones. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += segmentWidth(segment);
  return width;
}

const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });

/** East Asian wide and full-width blocks, as far as names of tasks and values need them. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}])/u;

function segmentWidth(segment: string): number {
  if (/^[\p{Mn}\p{Me}\u200b-\u200f]+$/u.test(segment)) return 0;
  return WIDE.test(segment) || segment.includes("\ufe0f") ? 2 : 1;
}

function cut(text: string, limit: number): string {
  if (textWidth(text) <= limit) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) {
    width += segmentWidth(segment);
    if (width > limit - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}
