/**
 * Tables for the terminal, and the summary of a local Dag run.
 *
 * @module
 */

import type { DagRunSummary, TaskResult } from "../scheduler/dag_run.ts";
import { instanceName } from "../scheduler/instances.ts";
import { printable } from "./log_line.ts";

/** The maximum width of a cell. */
const MAX_CELL_WIDTH = 60;

/**
 * Formats rows below a header, in aligned columns two spaces apart.
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
): string {
  const lines = [header, ...rows].map((row) =>
    row.map((cell) => cut(printable(cell), MAX_CELL_WIDTH))
  );
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

/** The width of a text on a terminal: 2 for wide characters, 0 for combining ones. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += segmentWidth(segment);
  return width;
}

const SEGMENTER = new Intl.Segmenter("en", { granularity: "grapheme" });

/** East Asian wide and full-width blocks, and emoji. */
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

/** Formats the results of a run, one row for each task. */
export function formatSummary(summary: DagRunSummary): string {
  return formatTable(
    ["TASK", "STATE", "TRIES", "DURATION", "XCOM"],
    summary.tasks.map((task) => [
      instanceName(task.taskId, task.mapIndex),
      stateText(task),
      String(task.tries),
      `${task.durationSeconds.toFixed(2)} s`,
      task.returnValue === undefined ? "" : jsonText(task.returnValue),
    ]),
  );
}

function stateText({ state, expected, tries }: TaskResult): string {
  if (state !== expected) return `${state} (expected ${expected})`;
  if (state === "success" || tries === 0) return state;
  return `${state} (as expected)`;
}

/** Writes JSON, with exact integers beyond 2^53. */
function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => typeof item === "bigint" ? item.toString() : item,
  );
}
