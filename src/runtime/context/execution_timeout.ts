/**
 * `ctx.executionTimeout()`: how long the task may run.
 *
 * @module
 */
import { invalid } from "./json_check.ts";
import type { Interruption } from "../task/interruption.ts";
import type { Requester } from "../requester.ts";

/** What a limit on a task's time is set with. */
export interface ExecutionTimeoutParts {
  /** Tells the supervisor. */
  readonly requester: Requester;
  /** Ends the handler. */
  readonly interruption: Pick<Interruption, "limit">;
  /** Whether the schema date has SetExecutionTimeout: an older Airflow would never answer it. */
  readonly isTold: boolean;
}

/** Limits the handler's time from now on, and has the supervisor do so too where it can. */
export async function setExecutionTimeout(
  duration: number | Temporal.Duration,
  { requester, interruption, isTold }: ExecutionTimeoutParts,
): Promise<void> {
  const seconds = secondsOf(duration);
  interruption.limit(seconds);
  if (!isTold) return;
  await requester.request({ type: "SetExecutionTimeout", timeout_seconds: seconds });
}

function secondsOf(duration: number | Temporal.Duration): number {
  let seconds: number;
  try {
    seconds = typeof duration === "number" ? duration : duration.total("seconds");
  } catch {
    throw invalid("set the execution timeout", "months and years have no length of their own");
  }
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw invalid("set the execution timeout", `${seconds} is no number of seconds above 0`);
}
