/**
 * The conversion of values that Airflow's Python serialized to JavaScript values.
 *
 * The forms are those of `airflow.sdk.serde` in the Task SDK. They are the same in Airflow 3.3 and 3.4,
 * except for LazyXComSequence, which is new in 3.4.
 *
 * @module
 */
import { isPlainObject, setField } from "../../values.ts";

/** Forms from Airflow that have no JavaScript value, and may be sent back unchanged. */
const foreignForms = new WeakSet<object>();

/** Converts the data of a form; returns undefined when it is not valid. */
type Reader = (data: unknown, version: number) => unknown;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["datetime.datetime", readDateTime],
  ["pendulum.datetime.DateTime", readDateTime],
  ["datetime.date", readDate],
  ["pendulum.date.Date", readDate],
  ["datetime.timedelta", readDuration],
  ["builtins.set", readSet],
  ["builtins.frozenset", readSet],
  ["builtins.tuple", readList],
  ["airflow.sdk.execution_time.lazy_sequence.LazyXComSequence", readList],
  ["decimal.Decimal", readNumber],
  ["uuid.UUID", readText],
  ["zoneinfo.ZoneInfo", readZone],
  ["pendulum.tz.timezone.Timezone", readZone],
  ["pendulum.tz.timezone.FixedTimezone", readZone],
]);

/**
 * Replaces every form of Airflow's Python in `value`, which is changed in place of a copy.
 *
 * | Python | JavaScript |
 * |---|---|
 * | datetime (naive: the worker's local time) | `Temporal.Instant`, without the zone |
 * | date | `Temporal.PlainDate` |
 * | timedelta | `Temporal.Duration`, in hours and less |
 * | set, frozenset | Set |
 * | tuple | array |
 * | Decimal | number, since Airflow stores a float; bigint beyond 2^53 |
 * | UUID | text |
 * | time zone | text, the name that Temporal uses |
 * | numpy's numbers and booleans | number, bigint, boolean |
 *
 * A value of any other class stays the object `{__classname__, __version__, __data__}`, with its data
 * converted.
 *
 * @example
 * ```ts
 * import { deserialize } from "./deserialize.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const day = { __classname__: "datetime.date", __version__: 2, __data__: "2026-01-02" };
 * assertEquals(String(deserialize(day)), "2026-01-02");
 * ```
 */
export function deserialize(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item === "object" && item !== null) value[index] = deserialize(item);
    }
    return value;
  }
  return isPlainObject(value) ? readRecord(value) : value;
}

/** Tells whether `object` is a form from Airflow that has no JavaScript value. */
export function isForeignForm(object: object): boolean {
  return foreignForms.has(object);
}

function readRecord(record: Record<string, unknown>): unknown {
  for (const key in record) {
    const item = record[key];
    if (typeof item !== "object" || item === null) continue;
    const read = deserialize(item);
    if (read === item) continue;
    setField(record, key, read);
  }
  return Object.hasOwn(record, "__classname__") ? readForm(record) : record;
}

function readForm(record: Record<string, unknown>): unknown {
  const { __classname__: className, __version__: version, __data__: data } = record;
  if (typeof className === "string" && typeof version === "number") {
    const reader = className.startsWith("numpy.") ? readNumber : READERS.get(className);
    const read = reader?.(data, version);
    if (read !== undefined) return read;
  }
  foreignForms.add(record);
  return record;
}

/** Reads `{timestamp, tz}`, or seconds, which Airflow's older serialization wrote. */
function readDateTime(data: unknown, version: number): Temporal.Instant | undefined {
  if (version > 2) return undefined;
  const seconds = isObject(data) ? Reflect.get(data, "timestamp") : data;
  if (typeof seconds !== "number") return undefined;
  return attempt(() =>
    Temporal.Instant.fromEpochNanoseconds(BigInt(Math.round(seconds * 1e6)) * 1000n)
  );
}

function readDate(data: unknown): Temporal.PlainDate | undefined {
  return typeof data === "string" ? attempt(() => Temporal.PlainDate.from(data)) : undefined;
}

/** Reads seconds into hours and smaller units, since an instant cannot add days. */
function readDuration(data: unknown): Temporal.Duration | undefined {
  const total = typeof data === "string" ? Number(data) : data;
  if (typeof total !== "number") return undefined;
  const seconds = Math.trunc(total);
  const microseconds = Math.round((total - seconds) * 1e6);
  return attempt(() =>
    Temporal.Duration.from({ seconds, microseconds }).round({ largestUnit: "hours" })
  );
}

function readSet(data: unknown, version: number): Set<unknown> | undefined {
  return version <= 1 && Array.isArray(data) ? new Set(data) : undefined;
}

function readList(data: unknown, version: number): unknown {
  return version <= 1 && Array.isArray(data) ? data : undefined;
}

function readNumber(data: unknown, version: number): number | bigint | boolean | undefined {
  if (version > 1) return undefined;
  const fits = typeof data === "number" || typeof data === "bigint" || typeof data === "boolean";
  return fits ? data : undefined;
}

function readText(data: unknown, version: number): string | undefined {
  return version <= 1 && typeof data === "string" ? data : undefined;
}

/** Reads a name, or an offset in seconds. */
function readZone(data: unknown, version: number): string | undefined {
  if (typeof data !== "number" || !Number.isInteger(data)) return readText(data, version);
  const minutes = Math.abs(data) / 60;
  // Offsets in Temporal are whole minutes.
  if (!Number.isInteger(minutes)) return undefined;
  const [hour, minute] = [Math.trunc(minutes / 60), minutes % 60].map(twoDigits);
  return `${data < 0 ? "-" : "+"}${hour}:${minute}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
