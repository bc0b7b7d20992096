/**
 * The supervisor's end of the comm channel: receives requests and answers them one at a time.
 *
 * @module
 */

import { parseRequestFrame } from "../../protocol/message.ts";
import { decode } from "../../wire/decoder.ts";
import { encodeFrame } from "../../wire/encoder.ts";
import { FrameDecoder } from "../../wire/frame.ts";
import type { SupervisorReply } from "../api/reply.ts";
import { sleep } from "./sleep.ts";

/** A fault that a test injects into one request. */
export interface RequestFault {
  /** Seconds to wait before the answer. */
  readonly delaySeconds?: number;
  /** Another answer, no answer, or a closed connection, instead of the answer. */
  readonly instead?: SupervisorReply | "none" | "close";
}

/** Injects faults: returns the fault of a request; undefined without one. */
export type Faults = (body: Readonly<Record<string, unknown>>) => RequestFault | undefined;

/** The kind of an answer. */
export type AnswerKind = "result" | "empty" | "not-found" | "error" | "none";

/** A request of the runtime. */
export interface SupervisedRequest {
  /** The id of the request and of its answer. */
  readonly id: number;
  /** The type of the message, e.g. `GetConnection`; empty when the body has none. */
  readonly type: string;
  /** The message. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The W3C trace context next to the body; null without one. */
  readonly carrier: Readonly<Record<string, unknown>> | null;
  /** The kind of the answer; `none` for a request that Airflow leaves unanswered. */
  readonly answered: AnswerKind;
  /** The time of its arrival, in milliseconds since 1970, with fractions. */
  readonly time: number;
  /** Seconds until the answer was ready. */
  readonly durationSeconds: number;
}

/** The options of a conversation. */
export interface ConversationOptions {
  /** The message of the first frame, which has id 0 and answers no request. */
  readonly first: object;
  /** Answers a message; returns a text with the cause when Airflow would not answer it. */
  readonly answer: (body: Readonly<Record<string, unknown>> | null) => SupervisorReply | string;
  /** Receives every request when it is answered or left unanswered. */
  readonly onRequest: (request: SupervisedRequest) => void;
  /** Receives the cause that would crash Airflow's supervisor; the conversation then ends. */
  readonly onBreach: (reason: string) => void;
  /** Faults to inject. */
  readonly faults?: Faults | undefined;
  /** Ends waits early. */
  readonly signal: AbortSignal;
}

/** A connection of the comm channel, such as a TCP connection. */
export interface ByteStream {
  /** Reads bytes into `buffer`; resolves to their number, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`; resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Sends the first frame, then answers requests until the runtime closes the connection. */
export async function answerRequests(
  conn: ByteStream,
  options: ConversationOptions,
): Promise<void> {
  const decoder = new FrameDecoder();
  if (!await send(conn, encodeFrame([0, options.first, null]))) return;
  for await (const chunk of chunks(conn)) {
    const payloads = framesOf(decoder, chunk);
    for (const payload of typeof payloads === "string" ? [] : payloads) {
      const frame = requestFrame(payload);
      if (typeof frame === "string") return options.onBreach(frame);
      if (!await respond(conn, frame, options)) return;
    }
    if (typeof payloads === "string") return options.onBreach(payloads);
  }
}

type Unanswered = Omit<SupervisedRequest, "answered" | "time" | "durationSeconds">;

/** Answers one request; resolves to false when the connection is closed. */
async function respond(
  conn: ByteStream,
  frame: Unanswered,
  { answer, faults, onRequest, signal }: ConversationOptions,
): Promise<boolean> {
  const came = performance.now();
  const fault = frame.body === null ? undefined : faults?.(frame.body);
  if (fault?.delaySeconds) await sleep(fault.delaySeconds, signal);
  const reply = insteadOf(fault, () => answer(frame.body));
  const request = {
    ...frame,
    time: performance.timeOrigin + came,
    durationSeconds: (performance.now() - came) / 1000,
  };
  if (typeof reply === "string") {
    onRequest({ ...request, answered: "none" });
    return fault?.instead !== "close";
  }
  onRequest({ ...request, answered: kindOf(reply) });
  return await send(conn, encodeFrame([frame.id, reply.body, reply.error]));
}

/** The answer of the fault, or else the real answer. */
function insteadOf(
  fault: RequestFault | undefined,
  answer: () => SupervisorReply | string,
): SupervisorReply | string {
  if (fault?.instead === undefined) return answer();
  return typeof fault.instead === "string" ? "a test leaves it unanswered" : fault.instead;
}

function kindOf(reply: SupervisorReply): AnswerKind {
  if (reply.error !== null) return "error";
  if (reply.body === null) return "empty";
  return reply.body["type"] === "ErrorResponse" ? "not-found" : "result";
}

/** Reads the request in a payload; returns the cause when Airflow's frame reader would raise. */
function requestFrame(payload: Uint8Array): Unanswered | string {
  try {
    const { id, body, carrier } = parseRequestFrame(decode(payload));
    const type = body?.["type"];
    return { id, type: typeof type === "string" ? type : "", body, carrier };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function framesOf(decoder: FrameDecoder, chunk: Uint8Array): Uint8Array[] | string {
  try {
    return [...decoder.push(chunk)];
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Yields chunks until the end of the connection or its reset. */
async function* chunks(conn: ByteStream): AsyncGenerator<Uint8Array> {
  while (true) {
    const buffer = new Uint8Array(64 * 1024);
    let length: number | null;
    try {
      length = await conn.read(buffer);
    } catch {
      return;
    }
    if (length === null) return;
    yield buffer.subarray(0, length);
  }
}

/** Writes a whole frame; resolves to false when the peer has closed the connection. */
async function send(conn: ByteStream, frame: Uint8Array): Promise<boolean> {
  try {
    for (let at = 0; at < frame.length;) at += await conn.write(frame.subarray(at));
    return true;
  } catch {
    return false;
  }
}
