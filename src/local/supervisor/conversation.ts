/**
 * The comm channel from the supervisor's chair: frames in, one answer at a time, in their order.
 *
 * @module
 */

import { parseRequestFrame } from "../../protocol/message.ts";
import { FrameDecoder } from "../../wire/frame.ts";
import type { Faults, RequestFault } from "./faults.ts";
import { decodeRuntimeFrame, encodeSupervisorFrame } from "./frame_codec.ts";
import { sleep } from "./sleep.ts";
import type { Reply } from "../api/reply.ts";

/** What was sent back for a request. */
export type AnswerKind = "result" | "empty" | "not-found" | "error" | "none";

/** One request of the runtime, as it came. */
export interface SupervisedRequest {
  /** The id that the runtime gave it, and that its answer carries. */
  readonly id: number;
  /** The message's type, e.g. `GetConnection`; empty when the body had none. */
  readonly type: string;
  /** The message. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** The W3C trace context beside the body; null without one. */
  readonly carrier: Readonly<Record<string, unknown>> | null;
  /** What was sent back; `none` for what Airflow leaves unanswered. */
  readonly answered: AnswerKind;
  /** When it came, in milliseconds since 1970, with fractions. */
  readonly time: number;
  /** Seconds until its answer was made. */
  readonly durationSeconds: number;
}

/** What a conversation needs to know. */
export interface ConversationOptions {
  /** The first frame's message, sent unasked with id 0. */
  readonly first: object;
  /** Answers a message; a text instead of a reply says why Airflow would not answer it. */
  readonly answer: (body: Readonly<Record<string, unknown>> | null) => Reply | string;
  /** Is told of every request once it is answered, or left unanswered. */
  readonly onRequest: (request: SupervisedRequest) => void;
  /** Is told what would bring Airflow's supervisor down; the conversation ends there. */
  readonly onBreach: (reason: string) => void;
  /** Faults to put in. */
  readonly faults?: Faults;
  /** Ends waits early. */
  readonly signal: AbortSignal;
}

/** The supervisor's end of the comm channel; a TCP connection is one. */
export interface ByteStream {
  /** Reads some bytes into `buffer`; resolves to their number, or null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`; resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Turns Nagle's algorithm off, where there is one. */
  setNoDelay?(noDelay: boolean): void;
}

/** Sends the first frame and answers requests until the runtime closes the connection. */
export async function converse(conn: ByteStream, options: ConversationOptions): Promise<void> {
  const faults = options.faults ?? {};
  if (faults.byteByByte) conn.setNoDelay?.(true);
  const decoder = new FrameDecoder();
  let requests = 0;
  if (faults.firstDelaySeconds) await sleep(faults.firstDelaySeconds, options.signal);
  if (!await send(conn, encodeSupervisorFrame([0, options.first, null]), faults)) return;
  for await (const chunk of chunks(conn)) {
    const payloads = framesOf(decoder, chunk);
    for (const payload of typeof payloads === "string" ? [] : payloads) {
      const frame = requestFrame(payload);
      if (typeof frame === "string") return options.onBreach(frame);
      requests += 1;
      if (requests === faults.closeAfterRequests) return;
      if (!await respond(conn, frame, options)) return;
    }
    if (typeof payloads === "string") return options.onBreach(payloads);
  }
}

type Unanswered = Omit<SupervisedRequest, "answered" | "time" | "durationSeconds">;

/** Answers one request; false when the connection is gone. */
async function respond(
  conn: ByteStream,
  frame: Unanswered,
  options: ConversationOptions,
): Promise<boolean> {
  const faults = options.faults ?? {};
  const came = performance.now();
  const fault = frame.body === null ? undefined : faults.of?.(frame.body);
  if (fault?.delaySeconds) await sleep(fault.delaySeconds, options.signal);
  const reply = insteadOf(fault, () => options.answer(frame.body));
  const timing = {
    time: performance.timeOrigin + came,
    durationSeconds: (performance.now() - came) / 1000,
  };
  const mute = typeof reply === "string" || faults.neverAnswer?.includes(frame.type);
  if (mute || typeof reply === "string") {
    options.onRequest({ ...frame, ...timing, answered: "none" });
    return fault?.instead !== "close";
  }
  options.onRequest({ ...frame, ...timing, answered: kindOf(reply) });
  if (faults.replyDelaySeconds) await sleep(faults.replyDelaySeconds, options.signal);
  return await send(conn, encodeSupervisorFrame([frame.id, reply.body, reply.error]), faults);
}

/** What a fault has in the place of the answer, which is then not made. */
function insteadOf(fault: RequestFault | undefined, answer: () => Reply | string): Reply | string {
  if (fault?.instead === undefined) return answer();
  return typeof fault.instead === "string" ? "a fault leaves it unanswered" : fault.instead;
}

function kindOf(reply: Reply): AnswerKind {
  if (reply.error !== null) return "error";
  if (reply.body === null) return "empty";
  return reply.body["type"] === "ErrorResponse" ? "not-found" : "result";
}

/** The request in a payload, or why Airflow's frame reader would raise on it. */
function requestFrame(payload: Uint8Array): Unanswered | string {
  try {
    const { id, body, carrier } = parseRequestFrame(decodeRuntimeFrame(payload));
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

/** Chunks until the end; a reset by a dead peer is an end too. */
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

/** Writes a whole frame; false when the peer is gone. */
async function send(conn: ByteStream, frame: Uint8Array, faults: Faults): Promise<boolean> {
  try {
    for (let at = 0; at < frame.length;) {
      const end = faults.byteByByte ? at + 1 : frame.length;
      at += await conn.write(frame.subarray(at, end));
    }
    return true;
  } catch {
    return false;
  }
}
