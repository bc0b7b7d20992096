/**
 * The values that messages are made of.
 *
 * @module
 */

/** What JSON can hold; an integer beyond 2^53 is a bigint, never rounded. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** The value of a key. */
  readonly [key: string]: JsonValue;
}

/**
 * A point in time to send: years 1 to 9999. A string must be ISO 8601 with seconds and an offset,
 * e.g. `"2026-01-02T03:04:05Z"`; Airflow never answers a message whose time has none.
 */
export type DateTime = Temporal.Instant | Date | string;

/** A length of time to send: seconds, or ISO 8601 without years and months, e.g. `"PT30S"`. */
export type Duration = number | string;
