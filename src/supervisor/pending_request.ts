/**
 * A request that has had no reply yet.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { Frame } from "../protocol/message.ts";
import type { SentMessage } from "../protocol/reply.ts";
import type { LongFrame } from "../wire/long_frame.ts";
import { errorOfReply } from "./request_error.ts";
import { frameOf, type RequestTrace } from "./request_trace.ts";

/** A request from its making to its end. */
export class Pending {
  /** The id of its frame. */
  readonly id: number;
  /** What is asked. */
  readonly message: SentMessage;
  /** How long its reply may take, in seconds from the sending on. */
  readonly deadlineSeconds: number;
  readonly #trace: RequestTrace;
  /** Its bytes, until they are on their way. */
  frame: Uint8Array | LongFrame | undefined;
  /** How it ends. */
  readonly outcome: Promise<Frame | TaskRuntimeError>;
  #resolve: (outcome: Frame | TaskRuntimeError) => void = () => {};
  /** Whether it has had its end. */
  isSettled = false;
  /** Lets go of what watched over the wait. */
  onSettled: (() => void) | undefined;

  /**
   * Makes a request, its bytes with it, that is neither sent nor ended.
   *
   * @throws {TaskRuntimeError} `INVALID` when the message has no MessagePack form
   */
  constructor(id: number, message: SentMessage, trace: RequestTrace, deadlineSeconds: number) {
    this.id = id;
    this.message = message;
    this.deadlineSeconds = deadlineSeconds;
    this.#trace = trace;
    this.frame = frameOf(id, message, trace);
    this.outcome = new Promise((resolve) => this.#resolve = resolve);
  }

  /** Tells whoever waits: with its reply, or with what the wait was given up for. */
  settle(outcome: Frame | TaskRuntimeError): void {
    this.onSettled?.();
    this.#resolve(outcome);
  }

  /**
   * The reply in an outcome. Called by the one who waited, so that the stack of what is thrown shows
   * who asked.
   *
   * @throws {TaskRuntimeError} when the outcome is none, or says no
   */
  reply(outcome: Frame | TaskRuntimeError): Frame {
    const { message } = this;
    if (!(outcome instanceof TaskRuntimeError)) {
      const refusal = errorOfReply(message, outcome);
      this.#endTrace(refusal);
      if (refusal === undefined) return outcome;
      throw refusal;
    }
    this.#endTrace(outcome);
    throw new TaskRuntimeError(outcome.code, outcome.message, {
      cause: outcome.cause,
      request: message.type,
    });
  }

  /** A trace must never stand in the way of the reply. */
  #endTrace(error: TaskRuntimeError | undefined): void {
    try {
      this.#trace.end(error);
    } catch {
      // Then there is one span less.
    }
  }
}
