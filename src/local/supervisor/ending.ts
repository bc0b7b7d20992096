/**
 * How a run ends: Airflow's table of endings, as one pure function.
 *
 * @module
 */

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

/** What the supervisor knows when the process is gone. */
export interface Ending {
  /** The state of the first frame that acts at once (SucceedTask, RetryTask, DeferTask, …). */
  readonly direct: EndState | undefined;
  /** The state of the last TaskState frame, which acts only at exit. */
  readonly taskState: EndState | undefined;
  /** The process's exit code; undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** The signal that ended the process, e.g. `"SIGKILL"`. */
  readonly signal: string | undefined;
  /** Whether tries are left (`ti_context.should_retry`). */
  readonly shouldRetry: boolean;
  /** Why the run counts as failed whatever was said, e.g. the overtime; undefined when nothing did. */
  readonly failure: string | undefined;
}

/** The state a task ends in, and why. */
export interface EndVerdict {
  /** The state that Airflow would show. */
  readonly state: EndState;
  /** One sentence that says why. */
  readonly reason: string;
}

/**
 * The state a task ends in.
 *
 * @example A non-zero exit overrides `TaskState`
 * ```ts
 * import { endVerdict } from "./ending.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { state } = endVerdict({
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
export function endVerdict(ending: Ending): EndVerdict {
  const { direct, taskState, exitCode, signal, shouldRetry, failure } = ending;
  if (failure !== undefined) return { state: "failed", reason: failure };
  if (direct !== undefined) return { state: direct, reason: `the task said so: ${direct}` };
  if (exitCode === 0 && signal === undefined) {
    return taskState === undefined
      ? { state: "failed", reason: "the process exited with 0 without a terminal frame" }
      : { state: taskState, reason: `the task said so: ${taskState}` };
  }
  const how = signal === undefined
    ? `the process exited with ${exitCode ?? "no code"}`
    : `the process was ended by ${signal}`;
  return shouldRetry
    ? { state: "up_for_retry", reason: `${how}, tries are left` }
    : { state: "failed", reason: `${how}, no tries are left` };
}
