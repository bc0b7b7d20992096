/**
 * What Airflow's Python kept, as the fitting JavaScript values.
 *
 * The forms are those of `airflow.sdk.serde` in the Task SDK; they are the same in Airflow 3.3 and
 * 3.4, but for LazyXComSequence, which came with 3.4.
 *
 * @module
 */
import { isPlainObject, setField } from "../../values.ts";

/** Forms that came from Airflow and stayed as they are, so that they may go back as they are. */
const foreignForms = new WeakSet<object>();

/** What becomes of a form's data; undefined when it does not fit. */
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
 * The value with every form of Airflow's Python in it replaced; `value` itself is used up.
 *
 * | Python | JavaScript |
 * |---|---|
 * | datetime (naive: the worker's local time) | `Temporal.Instant`; the zone is not kept |
 * | date | `Temporal.PlainDate` |
 * | timedelta | `Temporal.Duration`, in hours and less |
 * | set, frozenset | Set |
 * | tuple | array |
 * | Decimal | number, as Airflow itself keeps it as a float; bigint beyond 2^53 |
 * | UUID | text |
 * | time zone | text, as Temporal names zones |
 * | numpy's numbers and booleans | number, bigint, boolean |
 *
 * Any other class stays the object `{__classname__, __version__, __data__}`, its data replaced.
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

/** Whether `object` came from Airflow as a form that has no JavaScript value. */
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

/** `{timestamp, tz}`; seconds alone in what Airflow's older serialization left behind. */
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

/** Seconds; hours and less, since an instant takes no days. */
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

/** A name, or an offset in seconds. */
function readZone(data: unknown, version: number): string | undefined {
  if (typeof data !== "number" || !Number.isInteger(data)) return readText(data, version);
  const minutes = Math.abs(data) / 60;
  // Temporal's zones have whole minutes.
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
