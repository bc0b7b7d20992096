/**
 * The timestamp extension (type -1) of MessagePack, as which Airflow sends aware datetimes.
 *
 * It has three forms: 32 bits of seconds; 30 bits of nanoseconds and 34 bits of seconds; 32 bits of
 * nanoseconds and 64 bits of signed seconds.
 *
 * @module
 */

/** The extension type of timestamps. */
export const TIMESTAMP_EXT: -1 = -1;

const NANOSECONDS = 1_000_000_000n;
const UINT32 = 0x1_0000_0000;

/** A time as the extension counts it. */
export interface TimestampParts {
  /** Whole seconds since 1970-01-01T00:00:00Z, rounded down. */
  seconds: number;
  /** Nanoseconds within the second, 0 to 999,999,999. */
  nanoseconds: number;
}

/** Returns the timestamp of an instant. */
export function fromInstant(instant: Temporal.Instant): TimestampParts {
  const seconds = Math.floor(instant.epochMilliseconds / 1000);
  const nanoseconds = Number(instant.epochNanoseconds - BigInt(seconds) * NANOSECONDS);
  return { seconds, nanoseconds };
}

/** Returns the timestamp of a Date; undefined for an invalid one. */
export function fromDate(date: Date): TimestampParts | undefined {
  const milliseconds = date.getTime();
  if (Number.isNaN(milliseconds)) return undefined;
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: (milliseconds - seconds * 1000) * 1_000_000 };
}

/** Returns the length of the smallest form that holds the timestamp. */
export function timestampLength({ seconds, nanoseconds }: TimestampParts): 4 | 8 | 12 {
  if (seconds < 0 || seconds >= 4 * UINT32) return 12;
  return nanoseconds === 0 && seconds < UINT32 ? 4 : 8;
}

/** Writes the timestamp at byte `at` in the form of `length` bytes. */
export function writeTimestamp(
  view: DataView,
  at: number,
  { seconds, nanoseconds }: TimestampParts,
  length: 4 | 8 | 12,
): void {
  if (length === 4) {
    view.setUint32(at, seconds);
  } else if (length === 8) {
    // The upper 30 bits are nanoseconds, then come the two upper bits of the seconds.
    view.setUint32(at, nanoseconds * 4 + Math.floor(seconds / UINT32));
    view.setUint32(at + 4, seconds % UINT32);
  } else {
    view.setUint32(at, nanoseconds);
    view.setBigInt64(at + 4, BigInt(seconds));
  }
}

/**
 * Reads the timestamp of `length` bytes at byte `at`. Returns a description of the fault for one that
 * `Temporal.Instant` cannot hold.
 */
export function readTimestamp(
  view: DataView,
  at: number,
  length: number,
): Temporal.Instant | string {
  let seconds: bigint;
  let nanoseconds = 0;
  if (length === 4) {
    seconds = BigInt(view.getUint32(at));
  } else if (length === 8) {
    const upper = view.getUint32(at);
    nanoseconds = upper >>> 2;
    seconds = BigInt((upper & 3) * UINT32 + view.getUint32(at + 4));
  } else if (length === 12) {
    nanoseconds = view.getUint32(at);
    seconds = view.getBigInt64(at + 4);
  } else {
    return `a timestamp has 4, 8 or 12 bytes, not ${length}`;
  }
  if (nanoseconds > 999_999_999) return `a timestamp with ${nanoseconds} nanoseconds`;
  try {
    return new Temporal.Instant(seconds * NANOSECONDS + BigInt(nanoseconds));
  } catch {
    return `a timestamp of ${seconds} seconds is outside what Temporal.Instant holds`;
  }
}
