/**
 * The types of values in messages.
 *
 * @module
 */

/** A JSON value; integers beyond 2^53 are bigints. */
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
 * A time in a message to Airflow, in the years 1 to 9999. A text must be ISO 8601 with seconds and an
 * offset, e.g. `"2026-01-02T03:04:05Z"`; Airflow never answers a message with another one.
 */
export type DateTime = Temporal.Instant | Date | string;

/** A duration in a message to Airflow: seconds, or ISO 8601 without years and months (`"PT30S"`). */
export type WireDuration = number | string;
