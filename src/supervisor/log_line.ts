/**
 * One event of the task log as the line of JSON that Airflow reads.
 *
 * @module
 */
import { define } from "../wire/own_property.ts";
import { exceptionOf } from "./log_exception.ts";
import { logHead } from "./log_head.ts";
import { MAX_TEXT, text } from "./log_text.ts";
import type { SecretsMask } from "./secrets_mask.ts";

/** An event on its way to the task log. */
export interface LogEvent {
  /** Airflow's level, in lower case; it drops events of any other. */
  readonly level: "debug" | "info" | "warning" | "error" | "critical";
  /** What happened. */
  readonly event: string;
  /** Which logger it comes from. */
  readonly logger: string;
  /** Values beside it, by name. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** An error to show with its stack. */
  readonly error?: unknown;
}

/** How deep a value's fields are shown, and how many of its entries at a level. */
const MAX_DEPTH = 12;
const MAX_ENTRIES = 10_000;
/** What all values of a line may cost: their text in UTF-16 units, and 64 more for each value. */
const MAX_COST = 4 * 1024 * 1024;
const VALUE_COST = 64;
/**
 * Longest line, in UTF-16 units. Airflow's reader searches all that it has of a line each time that
 * 4 kB more have come: 4 MiB take it 0.1 s, 8 MiB 0.3 s, 24 MiB 3 s.
 */
const MAX_LINE = 8 * 1024 * 1024;

/** The parents of a field's value. */
const NONE: readonly object[] = [];

/** What is left of MAX_COST: values that hold each other many times over would grow without end. */
interface Budget {
  left: number;
  readonly secrets: SecretsMask | undefined;
}

/**
 * Names that a field may not have: the line's own, and those under which the supervisor's reader
 * passes arguments to its logger, so that a field of that name ends the supervisor and the task.
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

/** Makes the line, newline included, without the `secrets`. Never throws, whatever it holds. */
export function logLine(
  { level, event, logger, fields = {}, error }: LogEvent,
  secrets?: SecretsMask,
): string {
  const shown: Record<string, unknown> = { event: text(event, secrets) };
  const budget: Budget = { left: MAX_COST, secrets };
  let failure = error;
  for (const name of keysOf(fields)) {
    const value = valueAt(fields, name);
    if (failure === undefined && Error.isError(value)) failure = value;
    if (value !== undefined) define(shown, freeName(shown, name), plain(value, 0, NONE, budget));
  }
  if (failure !== undefined) {
    shown["exception"] = exceptionOf(failure, (part) => shownText(part, budget));
  }
  const whole = jsonOf(shown, secrets);
  const json = whole.length <= MAX_LINE ? whole : jsonOf(stub(shown, whole.length), secrets);
  return `${logHead(Date.now(), level, logger, secrets)},${json.slice(1)}\n`;
}

/** What is left of a line that is too long all the same: escaping can make six units of one. */
function stub({ event }: Record<string, unknown>, length: number): Record<string, unknown> {
  return { event, fields: `[left out, the line had ${length} characters]` };
}

/** Values are masked, keys are not, as in Airflow. */
function jsonOf(value: unknown, secrets: SecretsMask | undefined): string {
  const json = JSON.stringify(value);
  if (secrets === undefined || secrets.isEmpty) return json;
  // A mask knows its secrets as JSON shows them: where it finds none, there is none in a value. But
  // not as JSON shows JSON within a text, with two backslashes where that has one.
  if (!json.includes("\\\\") && secrets.mask(json) === json) return json;
  return JSON.stringify(
    value,
    (_, inner: unknown) => typeof inner === "string" ? secrets.mask(inner) : inner,
  );
}

/** `msg` becomes `msg_`, and so does a field whose name is taken. */
function freeName(line: Record<string, unknown>, name: string): string {
  let free = text(name);
  while (RESERVED.has(free) || Object.hasOwn(line, free)) free += "_";
  return free;
}

/** Own enumerable text keys; none when the object refuses to tell. */
function keysOf(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    return [];
  }
}

/** The value, or what to show where its getter throws. */
function valueAt(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch (error) {
    return `[cannot read: ${messageOf(error)}]`;
  }
}

/** What a getter threw: that may be hostile too. */
function messageOf(error: unknown): string {
  try {
    return Error.isError(error) ? text(error.message) : "thrown";
  } catch {
    return "thrown";
  }
}

/** A value as JSON can carry it and Python can read it. */
function plain(
  value: unknown,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  if (budget.left <= 0) return "[too much]";
  budget.left -= VALUE_COST + (typeof value === "string" ? Math.min(value.length, MAX_TEXT) : 0);
  if (typeof value === "object") {
    if (value === null) return null;
    if (parents.includes(value)) return "[circular]";
    if (depth >= MAX_DEPTH) return "[too deep]";
    try {
      return plainObject(value, depth + 1, [...parents, value], budget);
    } catch {
      return "[cannot read]";
    }
  }
  switch (typeof value) {
    case "string":
      return text(value, budget.secrets);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "function":
      return `[function ${functionName(value)}]`;
    case "bigint":
    case "symbol":
      return text(String(value));
    default:
      return value;
  }
}

function functionName(value: object): string {
  try {
    return text(Reflect.get(value, "name"));
  } catch {
    return "?";
  }
}

function plainObject(
  value: object,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  if (Error.isError(value)) {
    return `${shownText(value.name, budget)}: ${shownText(value.message, budget)}`;
  }
  if (value instanceof Date || value instanceof Temporal.Instant) return dateText(value);
  if (value instanceof URL || value instanceof RegExp) return text(String(value));
  if (value instanceof Map) return plainEntries(value, depth, parents, budget);
  if (value instanceof Set || Array.isArray(value)) return plainList(value, depth, parents, budget);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  const entries = keysOf(value).map((key) => [key, valueAt(value, key)]);
  return plainEntries(entries, depth, parents, budget);
}

function plainList(
  values: Iterable<unknown>,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  const list: unknown[] = [];
  for (const value of values) {
    const spent = budget.left <= 0;
    const length = list.push(plain(value, depth, parents, budget) ?? null);
    if (spent || length >= MAX_ENTRIES) break;
  }
  return list;
}

function plainEntries(
  entries: Iterable<readonly unknown[]>,
  depth: number,
  parents: readonly object[],
  budget: Budget,
): unknown {
  const plainOnes: Record<string, unknown> = {};
  let count = 0;
  for (const [key, value] of entries) {
    const spent = budget.left <= 0;
    const name = text(String(key));
    budget.left -= name.length;
    define(plainOnes, name, plain(value, depth, parents, budget));
    if (spent || ++count >= MAX_ENTRIES) break;
  }
  return plainOnes;
}

function dateText(value: Date | Temporal.Instant): string {
  return value instanceof Date && Number.isNaN(value.getTime())
    ? "Invalid Date"
    : text(value.toJSON());
}

/** A text of an error: it counts against the budget, so that many long ones stay bearable. */
function shownText(value: unknown, budget: Budget): string {
  if (budget.left <= 0) return "[too much]";
  const shown = text(value, budget.secrets);
  budget.left -= shown.length;
  return shown;
}
