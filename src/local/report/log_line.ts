/**
 * Formats log records of a local run for the terminal.
 *
 * @module
 */

import type { LogRecord, RecordLevel } from "../supervisor/log_record.ts";

/** The options of a line. */
export interface LogLineOptions {
  /** True to use colors. */
  readonly color: boolean;
  /** The task to show; none when empty. */
  readonly taskId?: string;
}

const COLORS: Readonly<Record<RecordLevel, number>> = {
  debug: 90,
  info: 36,
  warning: 33,
  error: 31,
  critical: 35,
};

/** The width of the longest level, so that events are aligned. */
const LEVEL_WIDTH = 8;

/**
 * Formats a record: time, level, task, logger, event and fields as `key=value`, then the lines of an
 * exception. Control characters are escaped.
 *
 * @example
 * ```ts
 * import { formatLogRecord } from "./log_line.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = formatLogRecord({
 *   time: "2026-01-02T03:04:05.678Z",
 *   level: "info",
 *   logger: "etl",
 *   event: "extracting",
 *   fields: { rows: 3 },
 *   source: "task",
 * }, { color: false, taskId: "extract" });
 * assertEquals(line, "03:04:05.678 INFO     extract etl: extracting rows=3");
 * ```
 */
export function formatLogRecord(record: LogRecord, options: LogLineOptions): string {
  const paint = (code: number, text: string): string =>
    options.color ? `\x1b[${code}m${text}\x1b[0m` : text;
  const level = record.level.toUpperCase().padEnd(LEVEL_WIDTH);
  const fields = Object.entries(record.fields).map(([key, value]) =>
    paint(90, `${printable(key)}=`) + printable(fieldText(value))
  );
  const event = printable(record.event, "\n");
  const parts = [
    paint(90, clockTime(record.time)),
    paint(COLORS[record.level], level),
    ...(options.taskId ? [paint(1, printable(options.taskId))] : []),
    (record.logger === "" ? "" : `${paint(90, `${printable(record.logger)}:`)} `) + event,
    ...fields,
  ];
  const lines = [
    parts.join(" "),
    ...exceptionLines(record.exception).map((line) => printable(line)),
  ];
  return lines.join("\n");
}

/** Formats a timestamp as `HH:MM:SS.mmm` in UTC. */
export function clockTime(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString().slice(11, 23);
}

function fieldText(value: unknown): string {
  if (typeof value === "string") {
    return /[\s"=]/.test(value) || value === "" ? JSON.stringify(value) : value;
  }
  return JSON.stringify(value) ?? "null";
}

/** Formats Airflow's exception structure as the lines of a JavaScript stack trace. */
export function exceptionLines(exception: unknown): string[] {
  if (!Array.isArray(exception)) {
    return exception === undefined ? [] : [`    ${fieldText(exception)}`];
  }
  return exception.flatMap((item: unknown, index) => {
    const fields = new Map<string, unknown>(
      typeof item === "object" && item !== null ? Object.entries(item) : [],
    );
    const frames = fields.get("frames");
    const cause = index === 0 ? "" : "Caused by: ";
    return [
      `    ${cause}${fields.get("exc_type") ?? "Error"}: ${fields.get("exc_value") ?? ""}`,
      ...(Array.isArray(frames) ? frames : []).map(frameLine),
    ];
  });
}

function frameLine(frame: unknown): string {
  const fields = new Map<string, unknown>(
    typeof frame === "object" && frame !== null ? Object.entries(frame) : [],
  );
  const name = fields.get("name") || "<anonymous>";
  return `        at ${name} (${fields.get("filename") ?? "?"}:${fields.get("lineno") ?? "?"})`;
}

/** Escapes control characters, so that a text cannot move the cursor or color the terminal. */
export function printable(text: string, except = ""): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) =>
      except.includes(character)
        ? character
        : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
