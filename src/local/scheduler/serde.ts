/**
 * Airflow's serde format, for the arguments and events of triggers.
 *
 * @module
 */

import { readDateTime } from "../../protocol/date_time.ts";
import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import { isJsonObject } from "../../protocol/json_value.ts";

/** Serializes a time as Airflow serializes a `datetime` in UTC. */
export function serializeTime(time: Temporal.Instant): JsonObject {
  const zone = ["UTC", "pendulum.tz.timezone.Timezone", 1, true];
  return {
    __classname__: "pendulum.datetime.DateTime",
    __version__: 2,
    __data__: {
      timestamp: Number(time.epochNanoseconds / 1000n) / 1e6,
      tz: { __classname__: "builtins.tuple", __version__: 1, __data__: zone },
    },
  };
}

/** Reads a time: a serde datetime or a text; undefined for other values. */
export function serdeTime(value: JsonValue | undefined): Temporal.Instant | undefined {
  if (typeof value === "string") return readDateTime(value);
  const data = dataOf(value);
  const timestamp = isJsonObject(data) ? data["timestamp"] : data;
  if (typeof timestamp !== "number" && typeof timestamp !== "bigint") return undefined;
  return Temporal.Instant.fromEpochMilliseconds(Math.round(Number(timestamp) * 1000));
}

/** Reads seconds: a serde timedelta or a number; undefined for other values. */
export function serdeSeconds(value: JsonValue | undefined): number | undefined {
  const seconds = typeof value === "number" ? value : dataOf(value);
  return typeof seconds === "number" ? seconds : undefined;
}

/** Reads the texts of a list, or of a serde tuple or set; none for other values. */
export function serdeTexts(value: JsonValue | undefined): string[] {
  return serdeList(value).filter((item) => typeof item === "string");
}

/** Reads a list, or a serde tuple or set; empty for other values. */
export function serdeList(value: JsonValue | undefined): JsonValue[] {
  const list = Array.isArray(value) ? value : dataOf(value);
  return Array.isArray(list) ? [...list] : [];
}

function dataOf(value: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(value) ? value["__data__"] : undefined;
}
