/**
 * Airflow's serde form of values, as far as triggers and their events need it.
 *
 * @module
 */

import { readDateTime } from "../../protocol/date_time.ts";
import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import { isJsonObject } from "../../protocol/json_value.ts";

/** A point in time as Python's `datetime` in UTC; seen in Airflow. */
export function serializeMoment(moment: Temporal.Instant): JsonObject {
  const zone = ["UTC", "pendulum.tz.timezone.Timezone", 1, true];
  return {
    __classname__: "pendulum.datetime.DateTime",
    __version__: 2,
    __data__: {
      timestamp: Number(moment.epochNanoseconds / 1000n) / 1e6,
      tz: { __classname__: "builtins.tuple", __version__: 1, __data__: zone },
    },
  };
}

/** The point in time in a value: a serde datetime or a text; undefined when it is none. */
export function momentIn(value: JsonValue | undefined): Temporal.Instant | undefined {
  if (typeof value === "string") return readDateTime(value);
  const data = dataOf(value);
  const timestamp = isJsonObject(data) ? data["timestamp"] : data;
  if (typeof timestamp !== "number" && typeof timestamp !== "bigint") return undefined;
  return Temporal.Instant.fromEpochMilliseconds(Math.round(Number(timestamp) * 1000));
}

/** The seconds in a value: a serde timedelta or a number; undefined when it is neither. */
export function secondsIn(value: JsonValue | undefined): number | undefined {
  const seconds = typeof value === "number" ? value : dataOf(value);
  return typeof seconds === "number" ? seconds : undefined;
}

/** The texts in a value: a list, or a serde tuple or set; none when it is neither. */
export function textsIn(value: JsonValue | undefined): string[] {
  const list = Array.isArray(value) ? value : dataOf(value);
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

/** The list in a value: a list, or a serde tuple or set; empty when it is neither. */
export function listIn(value: JsonValue | undefined): JsonValue[] {
  const list = Array.isArray(value) ? value : dataOf(value);
  return Array.isArray(list) ? [...list] : [];
}

function dataOf(value: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(value) ? value["__data__"] : undefined;
}
