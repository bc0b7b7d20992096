/**
 * A request that waits for its turn on the wire, or for its reply.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { Frame } from "../protocol/message.ts";
import type { SentMessage } from "../protocol/reply.ts";
import { encodeToSend } from "../wire/encoder.ts";
import type { LongFrame } from "../wire/long_frame.ts";
import { errorOfReply } from "./request_error.ts";

/** W3C trace context as headers: `traceparent`, and optionally `tracestate`. */
export type TraceCarrier = Readonly<Record<string, string>>;

/** The span of a request, from sending to reply. */
export interface RequestTrace {
  /** The context that the request carries to the supervisor; null for none. */
  readonly carrier: TraceCarrier | null;
  /** Ends the span, with the error of a request that failed. */
  end(error?: unknown): void;
}

/** The trace of requests that are not traced. */
export const UNTRACED: RequestTrace = { carrier: null, end: () => {} };

/** A request from its creation until it is settled. */
export class PendingRequest {
  /** The id of its frame, which the reply repeats. */
  readonly id: number;
  /** The message. */
  readonly message: SentMessage;
  /** Seconds from sending to the reply. */
  readonly deadlineSeconds: number;
  readonly #trace: RequestTrace;
  /** Its frame, until the frame is written. */
  frame: Uint8Array | LongFrame | undefined;
  /** Resolves to the reply, or to the error of a request without one. */
  readonly outcome: Promise<Frame | TaskRuntimeError>;
  #resolve: (outcome: Frame | TaskRuntimeError) => void = () => {};
  /** True once its outcome is decided. */
  isSettled = false;
  /** Called when it is settled. */
  onSettled: (() => void) | undefined;

  /**
   * Encodes the message. Nothing is sent yet.
   *
   * @throws {TaskRuntimeError} `INVALID` when the message cannot be encoded
   */
  constructor(id: number, message: SentMessage, trace: RequestTrace, deadlineSeconds: number) {
    this.id = id;
    this.message = message;
    this.deadlineSeconds = deadlineSeconds;
    this.#trace = trace;
    this.frame = frameOf(id, message, trace);
    this.outcome = new Promise((resolve) => this.#resolve = resolve);
  }

  /** Resolves `outcome`. */
  settle(outcome: Frame | TaskRuntimeError): void {
    this.onSettled?.();
    this.#resolve(outcome);
  }

  /**
   * Returns the reply in an outcome. The caller of the request calls this, so that the stack of the
   * error shows where the request was made.
   *
   * @throws {TaskRuntimeError} when the outcome is an error, or a reply that carries one
   */
  replyIn(outcome: Frame | TaskRuntimeError): Frame {
    const { message } = this;
    if (!(outcome instanceof TaskRuntimeError)) {
      const error = errorOfReply(message, outcome);
      this.#endTrace(error);
      if (error === undefined) return outcome;
      throw error;
    }
    this.#endTrace(outcome);
    throw new TaskRuntimeError(outcome.code, outcome.message, {
      cause: outcome.cause,
      request: message.type,
    });
  }

  #endTrace(error: TaskRuntimeError | undefined): void {
    try {
      this.#trace.end(error);
    } catch {
      // A trace must not make a request fail.
    }
  }
}

function frameOf(id: number, message: SentMessage, trace: RequestTrace): Uint8Array | LongFrame {
  const { carrier } = trace;
  try {
    return encodeToSend(carrier === null ? [id, message] : [id, message, carrier]);
  } catch (cause) {
    trace.end(cause);
    if (!(cause instanceof TaskRuntimeError)) throw cause;
    throw new TaskRuntimeError(cause.code, cause.message, {
      cause: cause.cause,
      request: message.type,
    });
  }
}
