/**
 * A request that has had no reply yet.
 *
 * @module
 */
import type { TaskRuntimeError } from "../error.ts";
import type { Frame } from "../protocol/message.ts";
import type { SentMessage } from "../protocol/reply.ts";
import type { RequestTrace } from "./request_trace.ts";

/** A request from its making to its end. */
export interface Pending {
  /** The id of its frame. */
  readonly id: number;
  /** What is asked. */
  readonly message: SentMessage;
  /** How long its reply may take, from the sending on. */
  readonly deadlineSeconds: number;
  /** Its part in a trace. */
  readonly trace: RequestTrace;
  /** Its bytes, until they are on their way. */
  frame: Uint8Array | undefined;
  /** How it ends. */
  readonly outcome: Promise<Frame | TaskRuntimeError>;
  /** Ends it, once: with its reply, or with what the wait was given up for. */
  settle(outcome: Frame | TaskRuntimeError): void;
  /** Whether it has had its end. */
  isSettled: boolean;
}
