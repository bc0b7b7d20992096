/**
 * The format of recordings: the traffic of both sockets as lines of JSON.
 *
 * A file may hold several runs with their lines mixed, so each line has the key of its run. The first
 * line of a run is a `start`. The `end` is missing if the process was killed.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { decodeTagged, encodeTagged } from "../wire/tagged_json.ts";
import { type Frame, parseFrame, parseRequestFrame, type RequestFrame } from "./message.ts";

/** The version of the format; recordings of another version cannot be read. */
export const RECORDING_VERSION = 1;

/** The content of a line. */
export type RecordingEntry =
  /** A run began, at `time` (RFC 3339). */
  | {
    readonly kind: "start";
    readonly recording: number;
    readonly time: string;
    readonly runtime: string;
    readonly deno: string;
  }
  /** A frame came from the supervisor: `[id, body, error]`. */
  | { readonly kind: "received"; readonly frame: unknown }
  /** A frame went to the supervisor: `[id, body]` or `[id, body, carrier]`. */
  | { readonly kind: "sent"; readonly frame: unknown }
  /** A line went to the task log. */
  | { readonly kind: "log"; readonly line: unknown }
  /** The recording reached its size limit; the rest of the run is not in it. */
  | { readonly kind: "cut"; readonly reason: string }
  /** The process ended with this exit code. */
  | { readonly kind: "end"; readonly exitCode: number };

/** A line: its entry, the key of its run, and milliseconds since the start of the run. */
export type RecordingLine = RecordingEntry & { readonly run: string; readonly ms: number };

/** A recorded request and its reply. */
export interface RecordedRequest {
  /** Milliseconds since the start of the run. */
  readonly ms: number;
  /** The request. */
  readonly request: RequestFrame;
  /** The reply; undefined when the recording has none. */
  readonly reply: Frame | undefined;
}

/** A recorded run. */
export interface RecordedRun {
  /** When it began. */
  readonly start: Temporal.Instant;
  /** The first message; null when the run ended before it. */
  readonly first: Readonly<Record<string, unknown>> | null;
  /** Milliseconds from the start of the run to the first message. */
  readonly firstMs: number;
  /** The requests in order. */
  readonly requests: readonly RecordedRequest[];
  /** True if the recording contains the end of the run. */
  readonly isComplete: boolean;
}

/** Returns a line as text, newline included. */
export function recordingLine(line: RecordingLine): string {
  return `${encodeTagged(line)}\n`;
}

/**
 * Reads the text of a recording.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the line, when the text is not a recording;
 * `UNSUPPORTED` for another version
 */
export function parseRecording(text: string): RecordedRun[] {
  const runs = new Map<string, RecordingLine[]>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = parseLine(line, index + 1);
    // The last line of a killed process may be incomplete.
    if (entry === undefined) continue;
    const lines = runs.get(entry.run) ?? [];
    lines.push(entry);
    runs.set(entry.run, lines);
  }
  return [...runs.values()].map(runOf);
}

function parseLine(text: string, number: number): RecordingLine | undefined {
  let value: unknown;
  try {
    value = decodeTagged(text);
  } catch {
    if (number > 1) return undefined;
  }
  if (isLine(value)) return value;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot read recording: line ${number} is not a line of a recording`,
  );
}

function isLine(value: unknown): value is RecordingLine {
  if (typeof value !== "object" || value === null) return false;
  const { kind, run, ms }: Partial<Record<string, unknown>> = { ...value };
  return typeof kind === "string" && typeof run === "string" && typeof ms === "number";
}

function runOf(lines: readonly RecordingLine[]): RecordedRun {
  const [start] = lines;
  if (start?.kind !== "start") {
    throw new TaskRuntimeError("INVALID", "Cannot read recording: a run has no start");
  }
  if (start.recording !== RECORDING_VERSION) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot read recording: it is of version ${start.recording}, this runtime reads ` +
        `${RECORDING_VERSION}; it was written by runtime ${start.runtime}`,
    );
  }
  const received = lines.flatMap((line) =>
    line.kind === "received" ? [{ ms: line.ms, frame: parseFrame(line.frame) }] : []
  );
  const [first, ...replies] = received;
  const byId = new Map(replies.map(({ frame }) => [frame.id, frame]));
  const isCut = lines.some(({ kind }) => kind === "cut");
  return {
    start: Temporal.Instant.from(start.time),
    first: first?.frame.body ?? null,
    firstMs: first?.ms ?? 0,
    requests: lines.flatMap(({ ms, ...line }) => {
      if (line.kind !== "sent") return [];
      const request = parseRequestFrame(line.frame);
      return [{ ms, request, reply: byId.get(request.id) }];
    }),
    isComplete: !isCut && lines.some(({ kind }) => kind === "end"),
  };
}
