/**
 * The lines of JSON that make up the task log.
 *
 * Authors can log any value, but some lines of valid JSON make the supervisor stop reading or die. So
 * each part of a line is made safe: text is well-formed and bounded, names are changed where the
 * supervisor uses them, cycles are cut.
 *
 * @module
 */
import { exceptionOf } from "./log_exception.ts";
import type { SecretsMask } from "../protocol/secrets_mask.ts";
import { setField } from "../values.ts";

/** An event for the task log. */
export interface LogEvent {
  /** Airflow's level, in lower case; the supervisor drops events of any other level. */
  readonly level: "debug" | "info" | "warning" | "error" | "critical";
  /** The message. */
  readonly event: string;
  /** The name of the logger. */
  readonly logger: string;
  /** Further values, by name. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** An error to show with its stack. */
  readonly error?: unknown;
}

/** Levels of nesting shown of a field. */
const MAX_DEPTH = 12;
/** Entries shown of each array, object, Map or Set. */
const MAX_ENTRIES = 10_000;
/** UTF-16 units kept of one text. */
const MAX_TEXT = 256 * 1024;
/** The cost of all values of a line: the UTF-16 units of their texts, and VALUE_COST for each value. */
const MAX_COST = 4 * 1024 * 1024;
const VALUE_COST = 64;
/**
 * UTF-16 units of a line. The supervisor searches an incomplete line again each time that 4 kB have
 * come: 4 MiB take it 0.1 s, 8 MiB 0.3 s, 24 MiB 3 s. Values within MAX_COST can still exceed this,
 * because an escaped character has up to six units.
 */
const MAX_LINE = 8 * 1024 * 1024;

/**
 * Names that a field must not have: those of the line itself, and those that the supervisor passes
 * on as keyword arguments of its logger. A field of such a name ends the supervisor and the task.
 */
const RESERVED: ReadonlySet<string> = new Set([
  "level",
  "event",
  "timestamp",
  "logger",
  "exception",
  "error_detail",
  "msg",
  "target",
  "self",
  "method_name",
  "positional_args",
  "stack",
  "stack_info",
  "exc_info",
]);

/**
 * Returns the event as a line of JSON, newline included, with `***` for each of the `secrets`. Never
 * throws, whatever the fields hold.
 */
export function logLine(
  { level, event, logger, fields, error }: LogEvent,
  secrets?: SecretsMask,
): string {
  const line: Record<string, unknown> = {
    timestamp: timestamp(),
    level,
    logger: text(logger, secrets),
    event: text(event, secrets),
  };
  if (fields !== undefined || error !== undefined) {
    addFields(line, fields ?? {}, error, { left: MAX_COST, secrets });
  }
  const json = JSON.stringify(line);
  return (json.length <= MAX_LINE ? json : withoutFields(line, json.length)) + "\n";
}

let latestTime = NaN;
let latestTimestamp = "";

/** Returns the current time. Kept for a millisecond: formatting it takes as long as a short line. */
function timestamp(): string {
  const time = Date.now();
  if (time !== latestTime) {
    latestTime = time;
    latestTimestamp = new Date(time).toISOString();
  }
  return latestTimestamp;
}

function withoutFields(
  { timestamp, level, logger, event }: Record<string, unknown>,
  length: number,
): string {
  const fields = `[left out, the line had ${length} characters]`;
  return JSON.stringify({ timestamp, level, logger, event, fields });
}

/** Text as JSON and Python can carry it: well-formed, bounded, without secrets. */
function text(value: unknown, secrets: SecretsMask | undefined): string {
  const whole = String(value);
  // Before the text is cut: the mask does not recognize half a secret.
  const masked = secrets?.mask(whole) ?? whole;
  const shown = masked.length <= MAX_TEXT
    ? masked
    : `${masked.slice(0, MAX_TEXT)} … [cut, ${whole.length} characters]`;
  return shown.toWellFormed();
}

/** The remaining cost of a line, which bounds values that share parts. */
interface Budget {
  left: number;
  readonly secrets: SecretsMask | undefined;
}

/** A text that counts against the budget. */
function costedText(value: unknown, budget: Budget): string {
  if (budget.left <= 0) return "[too much]";
  const shown = text(value, budget.secrets);
  budget.left -= shown.length;
  return shown;
}

/** Adds the fields, and the error or the first error among the fields. */
function addFields(
  line: Record<string, unknown>,
  fields: Readonly<Record<string, unknown>>,
  error: unknown,
  budget: Budget,
): void {
  let shownError = error;
  for (const name of keysOf(fields)) {
    const value = fieldAt(fields, name, budget);
    if (shownError === undefined && Error.isError(value)) shownError = value;
    if (value !== undefined) setField(line, freeName(line, name), jsonOf(value, 0, [], budget));
  }
  if (shownError !== undefined) {
    line["exception"] = exceptionOf(shownError, (part) => costedText(part, budget));
  }
}

/** Returns the name, with underscores appended until the line has no field of that name. */
function freeName(line: Record<string, unknown>, name: string): string {
  let free = text(name, undefined);
  while (RESERVED.has(free) || Object.hasOwn(line, free)) free += "_";
  return free;
}

/** Returns the names of the fields; none when a proxy refuses to list them. */
function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** Returns the field, or what to show when its getter throws. */
function fieldAt(value: object, name: string, { secrets }: Budget): unknown {
  try {
    return Reflect.get(value, name);
  } catch (error) {
    return `[cannot read: ${messageOf(error, secrets)}]`;
  }
}

/** Returns the message of an error, which may itself be a getter that throws. */
function messageOf(error: unknown, secrets: SecretsMask | undefined): string {
  try {
    return Error.isError(error) ? text(error.message, secrets) : "thrown";
  } catch {
    return "thrown";
  }
}

/** Returns a value of JSON for any value. Masks texts, but not names, as Airflow does. */
function jsonOf(
  value: unknown,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  if (budget.left <= 0) return "[too much]";
  budget.left -= VALUE_COST;
  switch (typeof value) {
    case "string":
      budget.left -= Math.min(value.length, MAX_TEXT);
      return text(value, budget.secrets);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "function":
      return `[function ${functionName(value, budget)}]`;
    case "bigint":
    case "symbol":
      return text(String(value), budget.secrets);
    case "object":
      if (value === null) return null;
      if (parents.includes(value)) return "[circular]";
      if (depth >= MAX_DEPTH) return "[too deep]";
      try {
        return jsonOfObject(value, depth + 1, [...parents, value], budget);
      } catch {
        return "[cannot read]";
      }
    default:
      return value;
  }
}

function functionName(value: object, { secrets }: Budget): string {
  try {
    return text(Reflect.get(value, "name"), secrets);
  } catch {
    return "?";
  }
}

function jsonOfObject(
  value: object,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  if (Error.isError(value)) {
    return `${costedText(value.name, budget)}: ${costedText(value.message, budget)}`;
  }
  if (value instanceof Date || value instanceof Temporal.Instant) {
    const isInvalid = value instanceof Date && Number.isNaN(value.getTime());
    return isInvalid ? "Invalid Date" : text(value.toJSON(), budget.secrets);
  }
  if (value instanceof URL || value instanceof RegExp) return text(value, budget.secrets);
  if (value instanceof Map) return jsonOfEntries(value, depth, parents, budget);
  if (value instanceof Set || Array.isArray(value)) {
    return jsonOfItems(value, depth, parents, budget);
  }
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const entries = keysOf(value).map((key) => [key, fieldAt(value, key, budget)]);
  return jsonOfEntries(entries, depth, parents, budget);
}

function jsonOfItems(
  values: Iterable<unknown>,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  const list: unknown[] = [];
  for (const value of values) {
    const isSpent = budget.left <= 0;
    const length = list.push(jsonOf(value, depth, parents, budget) ?? null);
    if (isSpent || length >= MAX_ENTRIES) break;
  }
  return list;
}

function jsonOfEntries(
  entries: Iterable<readonly unknown[]>,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  const fields: Record<string, unknown> = {};
  let count = 0;
  for (const [key, value] of entries) {
    const isSpent = budget.left <= 0;
    const name = text(key, undefined);
    budget.left -= name.length;
    setField(fields, name, jsonOf(value, depth, parents, budget));
    if (isSpent || ++count >= MAX_ENTRIES) break;
  }
  return fields;
}
