/**
 * The decoded frames of messages.
 *
 * A request is `[id, body]` or `[id, body, carrier]`, with a W3C trace context as carrier. A reply is
 * `[id, body, error]`. The supervisor sends the first message, in a frame with id 0.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type ArrivalOf, checkArrival } from "./arrival.ts";
import {
  asksForTaskHandlers,
  readTaskHandlerParseRequest,
  type TaskHandlerParseRequest,
} from "./task_handlers.ts";
import { describeKind, isPlainObject } from "../values.ts";

/** A frame from the supervisor. */
export interface Frame {
  /** The id of the request that this is the reply to; 0 for the first message. */
  readonly id: number;
  /** The message; null for an empty reply. */
  readonly body: Record<string, unknown> | null;
  /** The ErrorResponse for a request that Airflow's API server refused; otherwise null. */
  readonly error: Record<string, unknown> | null;
}

/** A frame to the supervisor, as the local Airflow reads it. */
export interface RequestFrame {
  /** The id, which the reply repeats. */
  readonly id: number;
  /** The message. */
  readonly body: Record<string, unknown> | null;
  /** The W3C trace context of the sender, or null. */
  readonly carrier: Record<string, unknown> | null;
}

/** The first message, which tells the process what to do. */
export type First =
  | ArrivalOf<"StartupDetails" | "DagFileParseRequest">
  | TaskHandlerParseRequest;

/**
 * Reads a decoded frame from the supervisor.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when the value is not a frame
 */
export function parseFrame(value: unknown): Frame {
  const parts = checkParts(value);
  return { id: idOf(parts), body: partOf(parts, 1), error: partOf(parts, 2) };
}

/**
 * Reads a decoded frame to the supervisor.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when the value is not a frame; Airflow's supervisor dies of it
 */
export function parseRequestFrame(value: unknown): RequestFrame {
  const parts = checkParts(value);
  return { id: idOf(parts), body: partOf(parts, 1), carrier: partOf(parts, 2) };
}

/**
 * Reads the first message.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when it is not StartupDetails, DagFileParseRequest or
 * TaskHandlerParseRequest, or lacks a field
 */
export function parseFirst(body: unknown): First {
  if (asksForTaskHandlers(body)) return readTaskHandlerParseRequest(body);
  checkArrival(body, ["StartupDetails", "DagFileParseRequest"]);
  return body;
}

/** Returns the parts of a frame. Airflow 3.4 may send a fourth, which the runtime does not need. */
function checkParts(value: unknown): readonly unknown[] {
  if (Array.isArray(value) && value.length >= 2 && value.length <= 4) return value;
  const what = Array.isArray(value) ? `an array of ${value.length}` : describeKind(value);
  throw malformed(`it must be an array of 2 to 4, not ${what}`);
}

function idOf(parts: readonly unknown[]): number {
  const id = parts[0];
  if (typeof id === "number" && Number.isSafeInteger(id)) return id;
  throw malformed(`its id must be an integer, not ${describeKind(id)}`);
}

/** Returns the part at `index`; null when it is nil or missing. */
function partOf(parts: readonly unknown[], index: 1 | 2): Record<string, unknown> | null {
  const part = parts.length > index ? parts[index] : null;
  if (part === null || isPlainObject(part)) return part;
  const name = index === 1 ? "body" : "third part";
  throw malformed(`its ${name} must be an object or nil, not ${describeKind(part)}`);
}

function malformed(reason: string): TaskRuntimeError {
  return new TaskRuntimeError("MALFORMED", `Cannot read frame: ${reason}`);
}
