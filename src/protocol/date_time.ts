/**
 * Times and durations as Airflow reads and writes them.
 *
 * @module
 */

/** ISO 8601 with seconds; the second group is the offset, which is optional. */
const DATE_TIME =
  /^(?!0000)(\d{4}-\d\d-\d\dT\d\d:[0-5]\d:[0-5]\d(?:\.\d{1,9})?)(Z|[+-]\d\d:[0-5]\d)?$/;
/** ISO 8601 without years and months, with as many digits as Python's timedelta holds. */
const DURATION =
  /^[+-]?P(?=\d|T\d)(\d{1,8}W)?(\d{1,8}D)?(T(?=\d)(\d{1,8}H)?(\d{1,8}M)?(\d{1,8}(\.\d{1,6})?S)?)?$/;

/** The start of Python's datetime: year 1, in milliseconds since the epoch. */
const FIRST_MS = -62_135_596_800_000;
/** The last millisecond that is not rounded up to the year 10000, where Python's datetime ends. */
const LAST_MS = 253_402_300_799_998;
/** The longest timedelta of Python, 999,999,999 days, in seconds. */
export const LONGEST_SECONDS: number = 86_399_999_913_600;

/**
 * Reads a time from Airflow; returns undefined for another value.
 *
 * Aware times come as MessagePack timestamps, naive ones, which are UTC in Airflow, as text without an
 * offset.
 */
export function readDateTime(value: unknown): Temporal.Instant | undefined {
  if (value instanceof Temporal.Instant) return value;
  return typeof value === "string" ? parse(value, "Z") : undefined;
}

/** Tells whether Airflow reads `value` as an aware time: years 1 to 9999, text with an offset. */
export function isDateTime(value: unknown): boolean {
  if (typeof value === "string") return isInRange(parse(value)?.epochMilliseconds);
  if (value instanceof Temporal.Instant) return isInRange(value.epochMilliseconds);
  return value instanceof Date && isInRange(value.getTime());
}

/** Tells whether Airflow reads `value` as a duration: seconds, or ISO 8601 of weeks or less. */
export function isDuration(value: unknown): boolean {
  if (typeof value === "string") return DURATION.test(value);
  return typeof value === "number" && Math.abs(value) <= LONGEST_SECONDS;
}

function parse(text: string, offset?: string): Temporal.Instant | undefined {
  const match = DATE_TIME.exec(text);
  const zone = match?.[2] ?? offset;
  if (match === null || zone === undefined) return undefined;
  try {
    return Temporal.Instant.from(`${match[1]}${zone}`);
  } catch {
    return undefined;
  }
}

function isInRange(ms: number | undefined): boolean {
  return ms !== undefined && ms >= FIRST_MS && ms <= LAST_MS;
}
