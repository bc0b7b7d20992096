/**
 * Points and lengths of time as messages hold them, for the supervisor to reckon with.
 *
 * @module
 */

import { readDateTime } from "../../protocol/date_time.ts";
import type { DateTime, Duration } from "../../protocol/generated.ts";

/** The moment that a checked message names; null without one. */
export function momentOf(value: DateTime | null | undefined): Temporal.Instant | null {
  return (value instanceof Date ? value.toTemporalInstant() : readDateTime(value)) ?? null;
}

/** The length of time that a checked message names, in seconds; null without one. */
export function secondsOfDuration(value: Duration | null | undefined): number | null {
  if (typeof value !== "string") return value ?? null;
  return Temporal.Duration.from(value).total({ unit: "seconds", relativeTo: "2026-01-01" });
}

/** Seconds from one moment to a later one; negative when it is earlier. */
export function secondsBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return Number(to.epochNanoseconds - from.epochNanoseconds) / 1e9;
}

/** The moment `seconds` after another; a fraction counts to the microsecond, as in Airflow. */
export function after(moment: Temporal.Instant, seconds: number): Temporal.Instant {
  return moment.add({ microseconds: Math.round(seconds * 1e6) });
}

/** Whether two moments are the same; null is like null only. */
export function isSame(a: Temporal.Instant | null, b: Temporal.Instant | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

/** Puts the earliest moment first; null comes before all, as in SQLite. */
export function byMoment(a: Temporal.Instant | null, b: Temporal.Instant | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return Temporal.Instant.compare(a, b);
}
