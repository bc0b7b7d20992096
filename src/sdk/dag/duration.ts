/**
 * Lengths of time, as authors write them.
 *
 * @module
 */

/** A length of time: seconds, `{ minutes: 5 }`, or a `Temporal.Duration` without months and years. */
export type Duration = number | DurationParts | Temporal.Duration;

/** The parts of a length of time; they add up. */
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

/** The length in seconds; undefined for what is none. */
export function secondsIn(duration: unknown): number | undefined {
  const seconds = total(duration);
  return seconds !== undefined && Number.isFinite(seconds) && Math.abs(seconds) <= LONGEST
    ? seconds
    : undefined;
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
    // In milliseconds first: 0.1 of a second is to stay 0.1.
    seconds += part === "milliseconds" ? value / 1000 : value * SECONDS[part];
  }
  return seconds;
}

function isPart(name: string): name is keyof DurationParts {
  return Object.hasOwn(SECONDS, name);
}
