/**
 * Points in time and lengths of time, as authors write them.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { MAX_TIMER } from "../values.ts";

/** A point in time. */
export type Timestamp = Date | Temporal.Instant;

/**
 * A length of time: a number of seconds, its parts (`{ minutes: 5 }`), or a `Temporal.Duration`
 * without months and years.
 */
export type Duration = number | DurationParts | Temporal.Duration;

/** The parts of a length of time, which add up. */
export interface DurationParts {
  /** Weeks. */
  readonly weeks?: number;
  /** Days of 24 hours. */
  readonly days?: number;
  /** Hours. */
  readonly hours?: number;
  /** Minutes. */
  readonly minutes?: number;
  /** Seconds. */
  readonly seconds?: number;
  /** Milliseconds. */
  readonly milliseconds?: number;
}

/** Years 1 to 9999, the range of Python's datetime, in milliseconds since the epoch. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_998;

const SECONDS: Readonly<Record<keyof DurationParts, number>> = {
  weeks: 604_800,
  days: 86_400,
  hours: 3_600,
  minutes: 60,
  seconds: 1,
  milliseconds: 0.001,
};

/** Python's longest timedelta, in seconds. */
const LONGEST = 86_399_999_999_999;

/**
 * Converts `time` to an instant.
 *
 * @throws {TaskRuntimeError} `INVALID`, with a message that begins with `problem`, when it is not a
 * point in time that Python's datetime can hold
 */
export function instantOf(time: Timestamp, problem: string): Temporal.Instant {
  if (time instanceof Temporal.Instant || time instanceof Date) {
    const ms = time instanceof Date ? time.getTime() : time.epochMilliseconds;
    if (ms >= FIRST_MS && ms <= LAST_MS) {
      return time instanceof Date ? Temporal.Instant.fromEpochMilliseconds(ms) : time;
    }
  }
  throw new TaskRuntimeError(
    "INVALID",
    `${problem}: must be a Date or Temporal.Instant in the years 1 to 9999, got ${String(time)}`,
  );
}

/**
 * Converts the value of `option` to seconds.
 *
 * @throws {TaskRuntimeError} `INVALID`, with a message that begins with `problem`, when it is
 * negative, infinite, or not a length of time
 */
export function secondsOf(duration: Duration, problem: string, option: string): number {
  const seconds = secondsIn(duration);
  if (seconds !== undefined && seconds >= 0) return seconds;
  throw new TaskRuntimeError(
    "INVALID",
    `${problem}: "${option}" must be a non-negative length of time, got ${show(duration)}. ` +
      "Write seconds, { minutes: 5 } or a Temporal.Duration without months and years",
  );
}

/** Converts a length of time to seconds; undefined for any other value. */
export function secondsIn(duration: unknown): number | undefined {
  const seconds = total(duration);
  return seconds !== undefined && Number.isFinite(seconds) && Math.abs(seconds) <= LONGEST
    ? seconds
    : undefined;
}

/**
 * Waits so many seconds, at most 24 days; rejects with the signal's reason as soon as it is aborted.
 */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(seconds * 1000, MAX_TIMER));
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

function total(duration: unknown): number | undefined {
  if (typeof duration === "number") return duration;
  if (typeof duration !== "object" || duration === null) return undefined;
  if (duration instanceof Temporal.Duration) {
    const { years, months, weeks, days } = duration;
    if (years !== 0 || months !== 0) return undefined;
    return (weeks * 7 + days) * SECONDS.days +
      duration.with({ weeks: 0, days: 0 }).total("seconds");
  }
  const entries = Object.entries(duration);
  if (entries.length === 0) return undefined;
  let seconds = 0;
  for (const [part, value] of entries) {
    if (!isPart(part) || typeof value !== "number") return undefined;
    // Divided, not multiplied: 100 milliseconds must be exactly 0.1 seconds.
    seconds += part === "milliseconds" ? value / 1000 : value * SECONDS[part];
  }
  return seconds;
}

function isPart(name: string): name is keyof DurationParts {
  return Object.hasOwn(SECONDS, name);
}

function show(value: unknown): string {
  const isPlain = typeof value === "object" && !(value instanceof Temporal.Duration);
  return isPlain ? JSON.stringify(value) : String(value);
}
