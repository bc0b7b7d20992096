/**
 * Times and durations of messages, and arithmetic with them.
 *
 * @module
 */

import { readDateTime } from "../../protocol/date_time.ts";
import type { DateTime, WireDuration } from "../../protocol/generated.ts";

/** The time in a checked message; null when absent. */
export function timeOf(value: DateTime | null | undefined): Temporal.Instant | null {
  return (value instanceof Date ? value.toTemporalInstant() : readDateTime(value)) ?? null;
}

/** The seconds of a duration in a checked message; null when absent. */
export function secondsOfDuration(value: WireDuration | null | undefined): number | null {
  if (typeof value !== "string") return value ?? null;
  return Temporal.Duration.from(value).total({ unit: "seconds", relativeTo: "2026-01-01" });
}

/** The seconds from one time to another; negative when the other is earlier. */
export function secondsBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return Number(to.epochNanoseconds - from.epochNanoseconds) / 1e9;
}

/** The time `seconds` later, rounded to microseconds as in Airflow. */
export function after(time: Temporal.Instant, seconds: number): Temporal.Instant {
  return time.add({ microseconds: Math.round(seconds * 1e6) });
}

/** Tells whether two times are equal; null equals null only. */
export function isSame(a: Temporal.Instant | null, b: Temporal.Instant | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/** Compares two times for sorting; null comes first, as in SQLite. */
export function byTime(a: Temporal.Instant | null, b: Temporal.Instant | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return Temporal.Instant.compare(a, b);
}
