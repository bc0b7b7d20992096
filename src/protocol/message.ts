/**
 * The frames that messages travel in, once decoded.
 *
 * A request is `[id, body]` or `[id, body, carrier]`, the carrier being a W3C trace context; a reply
 * is `[id, body, error]`. The first message comes unasked in a frame of id 0.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type ArrivalOf, checkArrival } from "./arrival.ts";
import { describe } from "./fault.ts";
import {
  asksForTaskHandlers,
  readTaskHandlerParseRequest,
  type TaskHandlerParseRequest,
} from "./task_handlers.ts";
import { isPlainObject } from "../values.ts";

/** A frame from Airflow. */
export interface Frame {
  /** The id of the request that it answers; 0 for the first message. */
  readonly id: number;
  /** The message; null for an empty reply. */
  readonly body: Record<string, unknown> | null;
  /** What Airflow's API server said no with: an ErrorResponse; null when it did not. */
  readonly error: Record<string, unknown> | null;
}

/** A frame to Airflow, as the other chair reads it. */
export interface RequestFrame {
  /** The id to put into the reply. */
  readonly id: number;
  /** The message. */
  readonly body: Record<string, unknown> | null;
  /** W3C trace context of the sender; null when there is none. */
  readonly carrier: Record<string, unknown> | null;
}

/** The first message: what this process is to do. */
export type First =
  | ArrivalOf<"StartupDetails" | "DagFileParseRequest">
  | TaskHandlerParseRequest;

/**
 * Reads a decoded frame from Airflow.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when it is no frame.
 */
export function parseFrame(value: unknown): Frame {
  const parts = checkParts(value);
  return { id: idOf(parts), body: partOf(parts, 1), error: partOf(parts, 2) };
}

/**
 * Reads a decoded frame to Airflow.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when it is no frame; Airflow's supervisor does not outlive
 * one.
 */
export function parseRequestFrame(value: unknown): RequestFrame {
  const parts = checkParts(value);
  return { id: idOf(parts), body: partOf(parts, 1), carrier: partOf(parts, 2) };
}

/**
 * Reads the first message.
 *
 * @throws {TaskRuntimeError} `MALFORMED` when it is neither StartupDetails nor DagFileParseRequest
 * nor TaskHandlerParseRequest, or lacks a field.
 */
export function parseFirst(body: unknown): First {
  if (asksForTaskHandlers(body)) return readTaskHandlerParseRequest(body);
  checkArrival(body, ["StartupDetails", "DagFileParseRequest"]);
  return body;
}

/** A frame of 3.4 may have a fourth part, the id of a task instance; it is none of ours. */
function checkParts(value: unknown): readonly unknown[] {
  if (Array.isArray(value) && value.length >= 2 && value.length <= 4) return value;
  const what = Array.isArray(value) ? `an array of ${value.length}` : describe(value);
  throw malformed(`it must be an array of 2 to 4, not ${what}`);
}

function idOf(parts: readonly unknown[]): number {
  const id = parts[0];
  if (typeof id === "number" && Number.isSafeInteger(id)) return id;
  throw malformed(`its id must be an integer, not ${describe(id)}`);
}

/** The part at `index`; null when it is nil or not there. */
function partOf(parts: readonly unknown[], index: 1 | 2): Record<string, unknown> | null {
  const part = parts.length > index ? parts[index] : null;
  if (part === null || isPlainObject(part)) return part;
  const name = index === 1 ? "body" : "third part";
  throw malformed(`its ${name} must be an object or nil, not ${describe(part)}`);
}

function malformed(reason: string): TaskRuntimeError {
  return new TaskRuntimeError("MALFORMED", `Cannot read frame: ${reason}`);
}
