/**
 * The terminal messages: the last message of a task, which reports its terminal state to Airflow.
 *
 * @module
 */
import type {
  AwaitInputTask,
  DeferTask,
  RescheduleTask,
  RetryTask,
  StartupDetails,
  SucceedTask,
  TaskState,
} from "../../protocol/generated.ts";
import { schemaVersionOf } from "../schema_version.ts";
import { wellFormed } from "./failure.ts";

/** The last message of a task. */
export type TerminalMessage =
  | SucceedTask
  | RetryTask
  | TaskState
  | RescheduleTask
  | DeferTask
  | AwaitInputTask;

/** The longest reason that Airflow stores, in characters. */
const MAX_REASON = 500;

/** Reports that the handler returned. */
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

/** Reports a failure without a retry. Schema version 2026-06-16 has no field for the reason. */
export function failed(startup: StartupDetails, reason?: string | null): TaskState {
  const isSent = schemaVersionOf(startup) !== "2026-06-16" && reason !== null &&
    reason !== undefined;
  return {
    type: "TaskState",
    state: "failed",
    end_date: Temporal.Now.instant(),
    ...(isSent ? { retry_reason: wellFormed(reason) } : {}),
  };
}

/** Reports a failure that Airflow retries, in `seconds` or after the task's own delay. */
export function upForRetry(reason: string, seconds: number | undefined): RetryTask {
  return {
    type: "RetryTask",
    state: "up_for_retry",
    end_date: Temporal.Now.instant(),
    retry_reason: wellFormed(reason),
    ...(seconds === undefined ? {} : { retry_delay_seconds: seconds }),
  };
}

/** Reports that the bundle does not contain the task. */
export function removed(): TaskState {
  return { type: "TaskState", state: "removed", end_date: Temporal.Now.instant() };
}

/** Reports that the task skipped itself. */
export function skipped(): TaskState {
  return { type: "TaskState", state: "skipped", end_date: Temporal.Now.instant() };
}

/** Reports that the task runs again at `date`, in the same try. */
export function rescheduled(date: Temporal.Instant): RescheduleTask {
  return {
    type: "RescheduleTask",
    state: "up_for_reschedule",
    reschedule_date: date,
    end_date: Temporal.Now.instant(),
  };
}

/** Cuts a reason to the length that Airflow stores. Mask secrets first: half a secret is not found. */
export function shortened(reason: string): string {
  return reason.slice(0, MAX_REASON).toWellFormed();
}
