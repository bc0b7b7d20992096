/**
 * How a handler ended, as the terminal frame that tells Airflow.
 *
 * @module
 */
import type { RetryTask, StartupDetails, SucceedTask, TaskState } from "../protocol/generated.ts";

/** The last frame of a task. */
export type TerminalMessage = SucceedTask | RetryTask | TaskState;

/** Airflow keeps no longer reason, in characters. */
const MAX_REASON = 500;

/** The handler returned. */
export function succeeded(): SucceedTask {
  return {
    type: "SucceedTask",
    state: "success",
    end_date: Temporal.Now.instant(),
    // Airflow refuses null for these two, and the task would fail.
    task_outlets: [],
    outlet_events: [],
  };
}

/**
 * The handler threw: the next try while Airflow says there is one, else failed.
 *
 * A TaskState of failed is never retried, and a RetryTask beyond the last try is retried without
 * end, so that `should_retry` must decide.
 */
export function failed(startup: StartupDetails, error: unknown): RetryTask | TaskState {
  const end_date = Temporal.Now.instant();
  if (!startup.ti_context.should_retry) return { type: "TaskState", state: "failed", end_date };
  return {
    type: "RetryTask",
    state: "up_for_retry",
    end_date,
    retry_reason: reasonOf(error),
  };
}

/** The bundle has no such task. */
export function removed(): TaskState {
  return { type: "TaskState", state: "removed", end_date: Temporal.Now.instant() };
}

function reasonOf(error: unknown): string {
  let reason: string;
  try {
    reason = Error.isError(error) ? `${error.name}: ${error.message}` : String(error);
  } catch {
    reason = "an error that cannot be shown";
  }
  return reason.toWellFormed().slice(0, MAX_REASON).toWellFormed();
}
