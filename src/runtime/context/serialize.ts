/**
 * What an author hands on, in the form in which Airflow's Python keeps values.
 *
 * Airflow stores an XCom as JSON; what JSON has no word for stands there as
 * `{__classname__, __version__, __data__}`, as `airflow.sdk.serde` of the Task SDK defines it.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { JsonValue } from "../../protocol/generated.ts";
import { isForeignForm } from "./deserialize.ts";
import { isPlainObject, setField } from "../../values.ts";

/** Why a value cannot be sent; no Error, since the stack at the place inside tells nothing. */
class NotSerializable {
  readonly message: string;

  constructor(path: Path, reason: string) {
    this.message = `Cannot send the value at ${placeOf(path)}: ${reason}`;
  }
}

/** Where in the value the walk stands; grown and shrunk as it goes, read only for a refusal. */
type Path = (string | number)[];

/**
 * The most arrays and objects within each other that Airflow takes, as in protocol/json_value.ts;
 * beyond it, a value is taken for a cycle.
 */
const MAX_DEPTH = 250;

/** Beyond int64, Airflow's JSON rounds an integer to a float. */
const LEAST_INTEGER = -(2n ** 63n);
const MOST_INTEGER = 2n ** 63n - 1n;

/** Python's datetime holds the years 1 to 9999: seconds since the epoch, the end exclusive. */
const FIRST_SECONDS = -62_135_596_800;
const END_SECONDS = 253_402_300_800;

/** What Python's timedelta holds either way, in seconds. */
const LONGEST_SECONDS = 86_399_999_913_600;

/** Keys by which Airflow's Python tells one of its forms from a plain dict. */
const RESERVED: ReadonlySet<string> = new Set(["__classname__", "__id__"]);

/** The same in Airflow's older serialization, together with "__var". */
const OLD_TYPE = "__type";

const UNDERSCORE = 0x5f;

/** An offset from UTC, as Temporal writes it in the place of a time zone's name. */
const OFFSET = /^([+-])(\d\d):?(\d\d)$/;

/**
 * The value in Airflow's form, to be sent at once: what needs no other form is `value` itself and
 * its parts, so that large values are not copied.
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
 * Fields that are `undefined` are left out, as in JSON; in an array they become null. What came
 * from Airflow and has no JavaScript form goes back as it is.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming the place inside the value: for NaN and infinities,
 * functions, symbols, bytes, instances of other classes, cycles, integers beyond int64, text with
 * a lone surrogate, and objects with a key that Airflow's Python keeps to itself
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
    // Made here, not in the depth of the walk, so that the stack shows who handed the value on.
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

/** Its fields; where one needs another form, those of a copy. */
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
    // What a library may have put on Object.prototype is no field.
    const isScalar = typeof value === "string" || typeof value === "number";
    if (!isScalar && !Object.hasOwn(record, key)) continue;
    const form = convert(value, path, depth);
    if (form === value) continue;
    // The fastest copy there is; it takes own fields only, `__proto__` as a field like any other.
    copy ??= { ...record };
    setField(copy, key, form);
  }
  path.pop();
  return copy ?? record;
}

/** Airflow's Python would take the object for something else, or not write such a dict itself. */
function refuseReserved(key: string, record: object, original: object, path: Path): void {
  const isOldForm = key === OLD_TYPE && Object.hasOwn(record, "__var");
  if (!(RESERVED.has(key) || isOldForm) || isForeignForm(original)) return;
  const names = isOldForm ? "keys __type and __var" : `key ${key}`;
  const reason = `Airflow keeps the ${names} for its own forms; name yours otherwise`;
  throw new NotSerializable(path.slice(0, -1), reason);
}

/** Python's sets hold what is hashable: no list, dict or set. */
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
  // Unlike an assignment, it takes `__proto__` for a key like any other.
  return convertRecord(Object.fromEntries(map), path, depth, map);
}

/** Dates and lengths of time; undefined for what is neither. */
function temporalForm(value: object, path: Path): Form | undefined {
  if (value instanceof Date) return dateTimeForm(value.getTime() / 1000, "UTC", path);
  if (value instanceof Temporal.Instant) return dateTimeForm(secondsOf(value), "UTC", path);
  if (value instanceof Temporal.ZonedDateTime) {
    return dateTimeForm(secondsOf(value.toInstant()), value.timeZoneId, path);
  }
  if (value instanceof Temporal.PlainDate) return dateForm(value, path);
  if (value instanceof Temporal.Duration) return durationForm(value, path);
  return undefined;
}

/** To the microsecond, as fine as Python's datetime goes. */
function secondsOf(instant: Temporal.Instant): number {
  return Number(instant.round("microsecond").epochNanoseconds / 1000n) / 1e6;
}

function dateTimeForm(seconds: number, zone: string, path: Path): Form {
  if (Number.isNaN(seconds)) throw refusal(path, "an invalid Date");
  if (!(seconds >= FIRST_SECONDS && seconds < END_SECONDS)) {
    throw refusal(path, "a time outside the years 1 to 9999");
  }
  return formOf("datetime.datetime", 2, { timestamp: seconds, tz: zoneForm(zone) });
}

/** As Airflow writes a zone: its name or its offset in seconds, its class, and that class's form. */
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
  // A whole number travels as an integer, and Airflow 3.3 reads a float or a text only.
  return formOf("datetime.timedelta", 2, Number.isInteger(seconds) ? `${seconds}` : seconds);
}

/** A value as Airflow's Python keeps it. */
interface Form {
  readonly __classname__: string;
  readonly __version__: number;
  readonly __data__: unknown;
}

function formOf(className: string, version: number, data: unknown): Form {
  return { __classname__: className, __version__: version, __data__: data };
}

function refusal(path: Path, what: string): NotSerializable {
  return new NotSerializable(path, `XComs are JSON, and this is ${what}`);
}

/** `$.rows[3].run`; a key that is no plain name stands in brackets. */
export function placeOf(path: readonly (string | number)[]): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)
      ? `.${step}`
      : `[${JSON.stringify(step)}]`;
  });
  return `$${steps.join("")}`;
}
