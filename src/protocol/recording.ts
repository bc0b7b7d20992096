/**
 * A recording: what went over both sockets of a run, as JSON lines.
 *
 * A file may hold several runs, whose lines may lie among one another: each carries the key of its
 * run. The first line of a run is a `start`; an `end` is missing where the process was killed.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { decodeTagged, encodeTagged } from "../wire/tagged_json.ts";
import { type Frame, parseFrame, parseRequestFrame, type RequestFrame } from "./message.ts";

/** The version of the form of recordings; another one is not read. */
export const RECORDING_VERSION = 1;

/** What one line tells. */
export type RecordingEntry =
  /** A run begins, `time` being RFC 3339. */
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
  /** The recording has come to its longest; what follows is not in it. */
  | { readonly kind: "cut"; readonly reason: string }
  /** The process ends with this exit code. */
  | { readonly kind: "end"; readonly exitCode: number };

/** A line's entry with the key of its run and milliseconds since the run's start. */
export type RecordingLine = RecordingEntry & { readonly run: string; readonly ms: number };

/** A request of a recorded run, and its reply. */
export interface RecordedRequest {
  /** Milliseconds since the start of the run. */
  readonly ms: number;
  /** The request. */
  readonly request: RequestFrame;
  /** The reply; undefined when none came, or none is in the recording. */
  readonly reply: Frame | undefined;
}

/** One run of a recording. */
export interface RecordedRun {
  /** When it began. */
  readonly start: Temporal.Instant;
  /** The message that came unasked; null when the run ended before. */
  readonly first: Readonly<Record<string, unknown>> | null;
  /** Milliseconds from the start of the run to that message. */
  readonly firstMs: number;
  /** The requests in their order. */
  readonly requests: readonly RecordedRequest[];
  /** Whether the recording goes to the end of the run. */
  readonly isComplete: boolean;
}

/** Writes a line, newline included. */
export function recordingLine(line: RecordingLine): string {
  return `${encodeTagged(line)}\n`;
}

/**
 * Reads the text of a recording.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is no recording, naming the line; `UNSUPPORTED` when
 * it is of another version
 */
export function parseRecording(text: string): RecordedRun[] {
  const runs = new Map<string, RecordingLine[]>();
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const entry = parseLine(line, index + 1);
    // The last line of a process that was killed may be half a line.
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
  throw new TaskRuntimeError("INVALID", `Cannot read recording: line ${number} is none of one`);
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
