/**
 * The messages that end a task.
 *
 * @module
 */

import type { RequestMessage } from "../../protocol/reply.ts";
import type { EndState } from "./ending.ts";

/** The state that a terminal message brings at once; TaskState brings its own, at exit. */
export const DIRECT_STATES = {
  SucceedTask: "success",
  RetryTask: "up_for_retry",
  DeferTask: "deferred",
  RescheduleTask: "up_for_reschedule",
  AwaitInputTask: "awaiting_input",
} as const satisfies Record<string, EndState>;

/** The name of a message that ends a task. */
export type TerminalType = keyof typeof DIRECT_STATES | "TaskState";

/** A message that ends a task. */
export type TerminalRequest = Extract<RequestMessage, { type: TerminalType }>;

/** Whether a message ends a task. */
export function isTerminal(message: RequestMessage): message is TerminalRequest {
  return message.type === "TaskState" || Object.hasOwn(DIRECT_STATES, message.type);
}
