/**
 * Which errors are worth another try.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import type { Moment } from "./moment.ts";

/** Another try, at another time than the task's `retry_delay` says. */
export interface RetryAfter {
  /** Seconds until the next try, or its moment. */
  readonly after: number | Moment;
  /** Why, for the log and for Airflow's UI; the error by default. */
  readonly reason?: string;
}

/**
 * What to do about an error: another try while there is one, none, another try at a given time.
 */
export type RetryDecision = "retry" | "fail" | RetryAfter;

/**
 * Decides on an error that left the handler; `undefined` leaves it to Airflow's own rule.
 *
 * It cannot go beyond the retries that the Dag gives the task. A policy that throws, or takes longer
 * than ten seconds, decides nothing.
 */
export type RetryPolicy = (
  error: unknown,
  ctx: TaskContext,
) => RetryDecision | undefined | Promise<RetryDecision | undefined>;
