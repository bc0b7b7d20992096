/**
 * A request's part in a trace, and its bytes, of which the trace is one.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { SentMessage } from "../protocol/reply.ts";
import { encodeToSend } from "../wire/encoder.ts";
import type { LongFrame } from "../wire/long_frame.ts";

/** W3C trace context, as headers: `traceparent`, and `tracestate` where there is one. */
export type TraceCarrier = Readonly<Record<string, string>>;

/** A request's part in a trace, from its sending to its reply. */
export interface RequestTrace {
  /** Goes to the supervisor with the request; null for nothing. */
  readonly carrier: TraceCarrier | null;
  /** The reply has come, or the wait has ended with `error`. */
  end(error?: unknown): void;
}

/** For what nobody traces. */
export const UNTRACED: RequestTrace = { carrier: null, end: () => {} };

/**
 * The frame of a message, with the context that its trace hands on.
 *
 * @throws {TaskRuntimeError} `INVALID` when the message has no MessagePack form
 */
export function frameOf(
  id: number,
  message: SentMessage,
  trace: RequestTrace,
): Uint8Array | LongFrame {
  const { carrier } = trace;
  try {
    return encodeToSend(carrier === null ? [id, message] : [id, message, carrier]);
  } catch (cause) {
    trace.end(cause);
    if (!(cause instanceof TaskRuntimeError)) throw cause;
    // The same again, with the request; the other as its cause would tell everything twice.
    throw new TaskRuntimeError(cause.code, cause.message, {
      cause: cause.cause,
      request: message.type,
    });
  }
}
