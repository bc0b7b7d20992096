/**
 * Points and lengths of time, as authors write them.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** A point in time. */
export type Moment = Date | Temporal.Instant;

/** Years 1 to 9999, what Python's datetime holds, in milliseconds since the epoch. */
const FIRST_MS = -62_135_596_800_000;
const LAST_MS = 253_402_300_799_998;

/**
 * The instant of `moment`.
 *
 * @throws {TaskRuntimeError} `INVALID`, beginning with `problem`, when it is none or Python's
 * datetime has no word for it
 */
export function instantOf(moment: Moment, problem: string): Temporal.Instant {
  if (moment instanceof Temporal.Instant || moment instanceof Date) {
    const ms = moment instanceof Date ? moment.getTime() : moment.epochMilliseconds;
    if (ms >= FIRST_MS && ms <= LAST_MS) {
      return moment instanceof Date ? Temporal.Instant.fromEpochMilliseconds(ms) : moment;
    }
  }
  throw new TaskRuntimeError(
    "INVALID",
    `${problem}: ${String(moment)} is no Date or Temporal.Instant in the years 1 to 9999`,
  );
}

/**
 * `seconds`, checked.
 *
 * @throws {TaskRuntimeError} `INVALID`, beginning with `problem`, when it is no finite number from 0
 */
export function secondsOf(seconds: number, problem: string): number {
  if (Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new TaskRuntimeError(
    "INVALID",
    `${problem}: ${String(seconds)} is no number of seconds from 0 up`,
  );
}
