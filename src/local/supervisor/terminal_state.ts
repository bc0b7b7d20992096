/**
 * Terminal messages of a task, and the state that Airflow gives the task when its process has exited.
 *
 * @module
 */

import type { RequestMessage } from "../../protocol/reply.ts";

/** The states in which the local supervisor can leave a task. */
export type EndState =
  | "success"
  | "failed"
  | "skipped"
  | "upstream_failed"
  | "removed"
  | "up_for_retry"
  | "up_for_reschedule"
  | "deferred"
  | "awaiting_input";

/** The state that a terminal message sets at once; TaskState sets its own state at exit. */
export const DIRECT_STATES = {
  SucceedTask: "success",
  RetryTask: "up_for_retry",
  DeferTask: "deferred",
  RescheduleTask: "up_for_reschedule",
  AwaitInputTask: "awaiting_input",
} as const satisfies Record<string, EndState>;

/** The type of a terminal message. */
export type TerminalType = keyof typeof DIRECT_STATES | "TaskState";

/** A terminal message. */
export type TerminalRequest = Extract<RequestMessage, { type: TerminalType }>;

/** Tells whether a message is terminal. */
export function isTerminal(message: RequestMessage): message is TerminalRequest {
  return message.type === "TaskState" || Object.hasOwn(DIRECT_STATES, message.type);
}

/** The facts that decide the state of a task. */
export interface TaskExit {
  /** The state of the first message that sets one at once. */
  readonly direct: EndState | undefined;
  /** The state of the last TaskState message, which takes effect at exit. */
  readonly taskState: EndState | undefined;
  /** The exit code of the process; undefined after a signal. */
  readonly exitCode: number | undefined;
  /** The signal that terminated the process, e.g. `"SIGKILL"`. */
  readonly signal: string | undefined;
  /** True when tries are left (`ti_context.should_retry`). */
  readonly shouldRetry: boolean;
  /** A cause, such as the overtime, that fails the task whatever it sent; undefined without one. */
  readonly failure: string | undefined;
}

/** The state of a task, and its cause. */
export interface TaskOutcome {
  /** The state that Airflow would show. */
  readonly state: EndState;
  /** The cause, in one sentence. */
  readonly reason: string;
}

/**
 * Decides the state of a task whose process has exited, by Airflow's rules.
 *
 * @example A non-zero exit overrides `TaskState`
 * ```ts
 * import { taskOutcome } from "./terminal_state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = taskOutcome({
 *   direct: undefined,
 *   taskState: "failed",
 *   exitCode: 1,
 *   signal: undefined,
 *   shouldRetry: true,
 *   failure: undefined,
 * });
 * assertEquals(state, "up_for_retry");
 * ```
 */
export function taskOutcome(exit: TaskExit): TaskOutcome {
  const { direct, taskState, exitCode, signal, shouldRetry, failure } = exit;
  if (failure !== undefined) return { state: "failed", reason: failure };
  if (direct !== undefined) return { state: direct, reason: `the task reported ${direct}` };
  if (exitCode === 0 && signal === undefined) {
    return taskState === undefined
      ? { state: "failed", reason: "the process exited with 0 and without a terminal message" }
      : { state: taskState, reason: `the task reported ${taskState}` };
  }
  const how = signal === undefined
    ? `the process exited with ${exitCode ?? "no code"}`
    : `the process was terminated by ${signal}`;
  return shouldRetry
    ? { state: "up_for_retry", reason: `${how}, tries are left` }
    : { state: "failed", reason: `${how}, no tries are left` };
}
