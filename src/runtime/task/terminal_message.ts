/**
 * How a handler ended, as the terminal frame that tells Airflow.
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
import { schemaDateOf } from "../schema_version.ts";

/** The last frame of a task. */
export type TerminalMessage =
  | SucceedTask
  | RetryTask
  | TaskState
  | RescheduleTask
  | DeferTask
  | AwaitInputTask;

/** Airflow keeps no longer reason, in characters. */
const MAX_REASON = 500;

/** What is kept of a reason until its secrets are masked, in UTF-16 units. */
const MAX_UNMASKED = 1024 * 1024;

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

/** What is known of a failure beside the error. */
export interface FailureDetails {
  /** Why, where the author said so. */
  readonly reason?: string | null | undefined;
  /** Seconds until the next try, or its moment; null for the task's own delay. */
  readonly after?: number | Temporal.Instant | null | undefined;
}

/**
 * The handler threw: the next try while Airflow says there is one, else failed.
 *
 * A TaskState of failed is never retried, and a RetryTask beyond the last try is retried without
 * end, so that `should_retry` must decide.
 */
export function failed(
  startup: StartupDetails,
  error: unknown,
  details: FailureDetails = {},
): RetryTask | TaskState {
  if (!startup.ti_context.should_retry) return failedForGood(startup, details.reason);
  const { reason, after } = details;
  return {
    type: "RetryTask",
    state: "up_for_retry",
    end_date: Temporal.Now.instant(),
    retry_reason: reason === null || reason === undefined ? reasonOf(error) : wellFormed(reason),
    ...(after === null || after === undefined ? {} : { retry_delay_seconds: secondsUntil(after) }),
  };
}

/** The task failed, and no retry is to follow; the newer schema date can be told why. */
export function failedForGood(startup: StartupDetails, reason?: string | null): TaskState {
  const tellsReason = schemaDateOf(startup) !== "2026-06-16" && reason !== null &&
    reason !== undefined;
  return {
    type: "TaskState",
    state: "failed",
    end_date: Temporal.Now.instant(),
    ...(tellsReason ? { retry_reason: wellFormed(reason) } : {}),
  };
}

/** The bundle has no such task. */
export function removed(): TaskState {
  return { type: "TaskState", state: "removed", end_date: Temporal.Now.instant() };
}

/** The task skipped itself. */
export function skipped(): TaskState {
  return { type: "TaskState", state: "skipped", end_date: Temporal.Now.instant() };
}

/** The task runs again at `date`, in the same try. */
export function rescheduled(date: Temporal.Instant): RescheduleTask {
  return {
    type: "RescheduleTask",
    state: "up_for_reschedule",
    reschedule_date: date,
    end_date: Temporal.Now.instant(),
  };
}

/** What an error says, for a person; {@linkcode shortened} is left to who masks it. */
export function reasonOf(error: unknown): string {
  let reason: string;
  try {
    reason = Error.isError(error) ? `${error.name}: ${error.message}` : String(error);
  } catch {
    reason = "an error that cannot be shown";
  }
  return wellFormed(reason);
}

function wellFormed(reason: string): string {
  return reason.slice(0, MAX_UNMASKED).toWellFormed();
}

/** A reason as long as Airflow keeps it. Secrets go first: half a one is not to be recognized. */
export function shortened(reason: string): string {
  return reason.slice(0, MAX_REASON).toWellFormed();
}

function secondsUntil(after: number | Temporal.Instant): number {
  if (typeof after === "number") return after;
  return Math.max(0, (after.epochMilliseconds - Date.now()) / 1000);
}
