/**
 * The conversion of JavaScript values to the forms of Airflow's Python.
 *
 * Airflow stores XComs as JSON. A value that JSON cannot express has the form
 * `{__classname__, __version__, __data__}`, which `airflow.sdk.serde` of the Task SDK defines.
 *
 * @module
 */
import { LONGEST_SECONDS } from "../../protocol/date_time.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { JsonValue } from "../../protocol/generated.ts";
import { isForeignForm } from "./deserialize.ts";
import { isPlainObject, setField } from "../../values.ts";

/** The reason why a value cannot be sent; not an Error, since its stack would show this module only. */
class NotSerializable {
  readonly message: string;

  constructor(path: Path, reason: string) {
    this.message = `Cannot send the value at ${placeOf(path)}: ${reason}`;
  }
}

/** The path of the current value, which the walk changes in place; read for messages only. */
type Path = (string | number)[];

/**
 * The deepest nesting that Airflow accepts, as in protocol/json_value.ts. A deeper value counts as a
 * cycle.
 */
const MAX_DEPTH = 250;

/** Beyond int64, Airflow's JSON rounds an integer to a float. */
const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 63n - 1n;

/** The range of Python's datetime, years 1 to 9999, in seconds since the epoch; the end is exclusive. */
const FIRST_SECONDS = -62_135_596_800;
const END_SECONDS = 253_402_300_800;

/** Keys by which Airflow's Python recognizes its forms. */
const RESERVED: ReadonlySet<string> = new Set(["__classname__", "__id__"]);

/** The key of Airflow's older serialization, together with "__var". */
const OLD_TYPE = "__type";

const UNDERSCORE = 0x5f;

/** An offset from UTC, which Temporal writes instead of the name of a time zone. */
const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/**
 * Converts a value to Airflow's form, to be sent at once: parts that need no conversion are not
 * copied.
 *
 * | JavaScript | what a Python task reads |
 * |---|---|
 * | null, boolean, text, number, array, plain object | the same |
 * | bigint (up to int64) | int |
 * | Date, `Temporal.Instant` | datetime in UTC, to the microsecond |
 * | `Temporal.ZonedDateTime` | datetime in that zone |
 * | `Temporal.PlainDate` | date |
 * | `Temporal.Duration` (days and less) | timedelta |
 * | Set of scalars | set |
 * | Map with text keys | dict |
 *
 * Fields that are `undefined` are left out, as in JSON; in an array they become null. Forms from
 * Airflow that have no JavaScript value are sent back unchanged.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the place inside the value: for NaN and infinities,
 * functions, symbols, bytes, instances of other classes, cycles, integers beyond int64, text with
 * a lone surrogate, and objects with a key that Airflow's Python reserves
 *
 * @example
 * ```ts
 * import { serialize } from "./serialize.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(serialize({ ids: new Set([1, 2]) }), {
 *   ids: { __classname__: "builtins.set", __version__: 1, __data__: [1, 2] },
 * });
 * assertThrows(() => serialize({ rows: [{ run() {} }] }), Error, "at $.rows[0].run:");
 * ```
 */
export function serialize(value: unknown): JsonValue;
export function serialize(value: unknown): unknown {
  try {
    return convert(value, [], 0);
  } catch (error) {
    // Made here, so that the stack shows the caller and not the walk.
    throw error instanceof NotSerializable ? new TaskRuntimeError("INVALID", error.message) : error;
  }
}

function convert(value: unknown, path: Path, depth: number): unknown {
  switch (typeof value) {
    case "string":
      if (value.isWellFormed()) return value;
      throw refusal(path, "text with half of a character (a lone surrogate)");
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw refusal(path, String(value));
    case "bigint":
      if (value >= LEAST_INTEGER && value <= MOST_INTEGER) return value;
      throw refusal(path, "an integer of more than 64 bits");
    case "undefined":
      return null;
    case "object":
      return value === null ? null : convertObject(value, path, depth + 1);
    default:
      throw refusal(path, `a ${typeof value}`);
  }
}

function convertObject(value: object, path: Path, depth: number): unknown {
  if (depth > MAX_DEPTH) throw refusal(path.slice(0, 8), "a cycle, or nested too deep");
  if (Array.isArray(value)) return convertList(value, path, depth);
  if (isPlainObject(value)) return convertRecord(value, path, depth);
  if (value instanceof Set) return convertSet(value, path, depth);
  if (value instanceof Map) return convertMap(value, path, depth);
  const form = temporalForm(value, path);
  if (form !== undefined) return form;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) throw refusal(path, "bytes");
  throw refusal(path, `an instance of ${value.constructor?.name ?? "a class"}`);
}

function convertList(list: readonly unknown[], path: Path, depth: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  const place = path.push(0) - 1;
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    path[place] = index;
    const form = convert(value, path, depth);
    if (copy !== undefined) copy.push(form);
    else if (form !== value) copy = [...list.slice(0, index), form];
  }
  path.pop();
  return copy ?? list;
}

/** Converts the fields; copies the record when one changes. */
function convertRecord(
  record: Readonly<Record<string, unknown>>,
  path: Path,
  depth: number,
  original: object = record,
): Readonly<Record<string, unknown>> {
  let copy: Record<string, unknown> | undefined;
  const place = path.push("") - 1;
  for (const key in record) {
    const value = record[key];
    if (key.charCodeAt(0) === UNDERSCORE) refuseReserved(key, record, original, path);
    if (typeof value === "boolean" || value === undefined || value === null) continue;
    path[place] = key;
    // Skips what a library may have added to Object.prototype.
    const isScalar = typeof value === "string" || typeof value === "number";
    if (!isScalar && !Object.hasOwn(record, key)) continue;
    const form = convert(value, path, depth);
    if (form === value) continue;
    // The fastest copy, with own fields only, and `__proto__` as a field.
    copy ??= { ...record };
    setField(copy, key, form);
  }
  path.pop();
  return copy ?? record;
}

/** Refuses keys by which Airflow's Python would read the object as one of its forms. */
function refuseReserved(key: string, record: object, original: object, path: Path): void {
  const isOldForm = key === OLD_TYPE && Object.hasOwn(record, "__var");
  if (!(RESERVED.has(key) || isOldForm) || isForeignForm(original)) return;
  const names = isOldForm ? "keys __type and __var" : `key ${key}`;
  const reason = `Airflow reserves the ${names}. Use another name`;
  throw new NotSerializable(path.slice(0, -1), reason);
}

/** Converts a Set; Python's sets cannot hold lists, dicts or sets, which are not hashable. */
function convertSet(set: ReadonlySet<unknown>, path: Path, depth: number): Form {
  const items: unknown[] = [];
  const place = path.push(0) - 1;
  for (const item of set) {
    path[place] = items.length;
    const held = Array.isArray(item) || item instanceof Set || item instanceof Map ||
      (typeof item === "object" && item !== null && isPlainObject(item));
    if (held) throw refusal(path, "an array or object within a Set, which Python cannot hold");
    items.push(convert(item, path, depth + 1));
  }
  path.pop();
  return formOf("builtins.set", 1, items);
}

function convertMap(
  map: ReadonlyMap<unknown, unknown>,
  path: Path,
  depth: number,
): Readonly<Record<string, unknown>> {
  for (const key of map.keys()) {
    if (typeof key === "string") continue;
    const kind = key === null ? "null" : `a ${typeof key}`;
    throw refusal(path, `a Map with ${kind} for a key: keys must be text`);
  }
  // Unlike an assignment, it sets `__proto__` as a field.
  return convertRecord(Object.fromEntries(map), path, depth, map);
}

/** Converts times and lengths of time; returns undefined for other values. */
function temporalForm(value: object, path: Path): Form | undefined {
  if (value instanceof Date) return dateTimeForm(value.getTime() / 1000, "UTC", path);
  if (value instanceof Temporal.Instant) return dateTimeForm(epochSeconds(value), "UTC", path);
  if (value instanceof Temporal.ZonedDateTime) {
    return dateTimeForm(epochSeconds(value.toInstant()), value.timeZoneId, path);
  }
  if (value instanceof Temporal.PlainDate) return dateForm(value, path);
  if (value instanceof Temporal.Duration) return durationForm(value, path);
  return undefined;
}

/** Rounds to microseconds, the precision of Python's datetime. */
function epochSeconds(instant: Temporal.Instant): number {
  return Number(instant.round("microsecond").epochNanoseconds / 1000n) / 1e6;
}

function dateTimeForm(seconds: number, zone: string, path: Path): Form {
  if (Number.isNaN(seconds)) throw refusal(path, "an invalid Date");
  if (!(seconds >= FIRST_SECONDS && seconds < END_SECONDS)) {
    throw refusal(path, "a time outside the years 1 to 9999");
  }
  return formOf("datetime.datetime", 2, { timestamp: seconds, tz: zoneForm(zone) });
}

/** Writes a zone as Airflow does: name or offset in seconds, class, version of the class. */
function zoneForm(zone: string): Form {
  const [, sign, hours, minutes] = OFFSET.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -60 : 60);
  const isFixed = zone === "UTC" || sign !== undefined;
  return formOf("builtins.tuple", 1, [
    sign === undefined || offset === 0 ? (isFixed ? "UTC" : zone) : offset,
    isFixed ? "pendulum.tz.timezone.FixedTimezone" : "pendulum.tz.timezone.Timezone",
    1,
    true,
  ]);
}

function dateForm(date: Temporal.PlainDate, path: Path): Form {
  const iso = date.withCalendar("iso8601");
  if (iso.year < 1 || iso.year > 9999) throw refusal(path, "a date outside the years 1 to 9999");
  return formOf("datetime.date", 2, iso.toString());
}

function durationForm(duration: Temporal.Duration, path: Path): Form {
  if (duration.years !== 0 || duration.months !== 0 || duration.weeks !== 0) {
    throw refusal(path, "a Temporal.Duration with years, months or weeks, whose length varies");
  }
  const seconds = duration.total("seconds");
  if (Math.abs(seconds) > LONGEST_SECONDS) {
    throw refusal(path, "a Temporal.Duration longer than Python's timedelta");
  }
  // A text, since the wire turns 90.0 into an integer, which Airflow 3.3 does not read.
  return formOf("datetime.timedelta", 2, Number.isInteger(seconds) ? `${seconds}` : seconds);
}

/** A value in the form of Airflow's Python. */
interface Form {
  readonly __classname__: string;
  readonly __version__: number;
  readonly __data__: unknown;
}

function formOf(className: string, version: number, data: unknown): Form {
  return { __classname__: className, __version__: version, __data__: data };
}

function refusal(path: Path, what: string): NotSerializable {
  return new NotSerializable(path, `must be a value that Python can read, got ${what}`);
}

/** Writes a path as `$.rows[3].run`, with keys in brackets unless they are plain names. */
export function placeOf(path: readonly (string | number)[]): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)
      ? `.${step}`
      : `[${JSON.stringify(step)}]`;
  });
  return `$${steps.join("")}`;
}
