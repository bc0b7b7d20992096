/**
 * The check that a request passes before it is sent.
 *
 * Airflow logs a message that it cannot validate and never answers it, so what passes here must be a
 * part of what Airflow takes. The rules are those of its schema and of the pydantic models behind
 * it, where they differ the stricter: no number in a string's place, no naive time, no key that the
 * message does not have.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { isDateTime, isDuration } from "./date_time.ts";
import { type Definition, findDefinition, resolve, type Shape } from "./definition.ts";
import { type Fault, fault, mistaken, tell, within } from "./fault.ts";
import type { SchemaDate } from "./generated.ts";
import { AIRFLOW_RELEASES, SCHEMA_DATES } from "./generated_table.ts";
import { findNoJson } from "./json_value.ts";
import type { RequestMessage } from "./reply.ts";
import { isPlainObject } from "../values.ts";

/** The channel that a request goes on: a task's supervisor, or the Dag processor's manager. */
export type RequestChannel = "ToSupervisor" | "ToManager";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Newest date, whose additions the table marks. */
const NEWEST = SCHEMA_DATES[SCHEMA_DATES.length - 1];

/**
 * Makes sure that Airflow will understand `message` and so answer it.
 *
 * `date` is the schema date that the bundle declares. It is a promise about the oldest Airflow that
 * the bundle runs on: 3.4 takes the new messages (SetExecutionTimeout, UpdateDagRunNote) from a
 * bundle of the older date too, but 3.3 would never answer them, and nothing tells the two apart.
 * Without `channel`, what either channel takes passes.
 *
 * @throws {TaskRuntimeError} `INVALID`, naming message and field; `UNSUPPORTED` for a message or
 * field that came after `date`.
 */
export function checkRequest(
  message: RequestMessage,
  date: SchemaDate,
  channel?: RequestChannel,
): void {
  const found = findFault(message, { date, refusesUnknown: true }, channel);
  if (found === undefined) return;
  const code = found.isNewer ? "UNSUPPORTED" : "INVALID";
  const request = nameOf(message);
  throw new TaskRuntimeError(code, `Cannot send ${request}: ${tell(found)}`, { request });
}

/**
 * Whether an Airflow of that `date` would understand `body`: the check from the other chair, which
 * like Airflow lets unknown keys pass where the message is not strict.
 */
export function isRequest(
  body: unknown,
  date: SchemaDate,
  channel?: RequestChannel,
): body is RequestMessage {
  return findFault(body, { date, refusesUnknown: false }, channel) === undefined;
}

/** Why {@linkcode isRequest} says no: `field "task_id" is missing`; undefined when it says yes. */
export function requestFault(
  body: unknown,
  date: SchemaDate,
  channel?: RequestChannel,
): string | undefined {
  const found = findFault(body, { date, refusesUnknown: false }, channel);
  return found === undefined ? undefined : tell(found);
}

interface Rules {
  readonly date: SchemaDate;
  /** Whether a key that the definition does not have is refused even if Airflow would ignore it. */
  readonly refusesUnknown: boolean;
}

function findFault(
  body: unknown,
  rules: Rules,
  channel: RequestChannel | undefined,
): Fault | undefined {
  if (!isPlainObject(body)) return mistaken("an object", body);
  const type = body["type"];
  if (typeof type !== "string") return within("type", mistaken("a string", type));
  const definition = findDefinition(type);
  if (definition === undefined || !isOn(channel, definition.flags)) {
    return fault("is no message that Airflow takes here");
  }
  if (definition.flags.includes("n") && rules.date !== NEWEST) return needsNewest(rules.date);
  return findInObject(definition, body, rules);
}

function needsNewest(date: SchemaDate): Fault {
  const release = NEWEST === undefined ? "" : ` (Airflow ${AIRFLOW_RELEASES[NEWEST]})`;
  const reason = `needs schema ${NEWEST}${release}, and this bundle declares ${date}`;
  return { path: "", reason, isNewer: true };
}

function findInObject(
  definition: Definition,
  value: Readonly<Record<string, unknown>>,
  rules: Rules,
): Fault | undefined {
  const { fields, flags, name } = definition;
  let required = 0;
  for (const key of Object.keys(value)) {
    const held = value[key];
    if (held === undefined) continue;
    const field = fields.get(key);
    if (field === undefined) {
      if (key === "type" && definition.isTagged) {
        if (held !== name) return within(key, fault(`must be "${name}"`));
      } else if (rules.refusesUnknown || flags.includes("x")) {
        return within(key, fault(`is unknown to ${name}`));
      }
      continue;
    }
    if (field.isNew && rules.date !== NEWEST) {
      if (rules.refusesUnknown || flags.includes("x")) return within(key, needsNewest(rules.date));
      continue;
    }
    const found = findInValue(field.shape, held, rules);
    if (found !== undefined) return within(key, found);
    if (field.required) required++;
  }
  if (required === definition.requiredCount) return undefined;
  for (const field of fields.values()) {
    if (field.required && !has(value, field.name)) {
      return within(field.name, fault("is missing"));
    }
  }
  return undefined;
}

function findInValue(shape: Shape, value: unknown, rules: Rules): Fault | undefined {
  switch (shape.kind) {
    case "s":
      return typeof value === "string" ? undefined : mistaken("a string", value);
    case "i":
      return Number.isSafeInteger(value) ? undefined : mistaken("a safe integer", value);
    case "n":
      return Number.isFinite(value) ? undefined : mistaken("a finite number", value);
    case "p":
      return typeof value === "number" && value > 0 && Number.isFinite(value)
        ? undefined
        : fault("must be a number greater than 0");
    case "b":
      return typeof value === "boolean" ? undefined : mistaken("a boolean", value);
    case "d":
      return isDateTime(value)
        ? undefined
        : fault("must be a point in time in the years 1 to 9999, with an offset if a string");
    case "t":
      return isDuration(value)
        ? undefined
        : fault("must be a number of seconds or an ISO 8601 duration of weeks, days or less");
    case "u":
      return typeof value === "string" && UUID.test(value) ? undefined : fault("must be a UUID");
    case "j":
      return findNoJson(value);
    case "o":
      return isPlainObject(value) || value instanceof Map
        ? findNoJson(value)
        : mistaken("an object", value);
    case "?":
      return value === null ? undefined : findInValue(shape.of, value, rules);
    case "*":
    case "+":
      return findInArray(shape.of, value, shape.kind === "+", rules);
    case "{":
      return findInMap(shape.of, value, rules);
    case "|":
      return findInValue(shape.left, value, rules) && findInValue(shape.right, value, rules);
    case ":":
      return findInPair(shape, value, rules);
    case "'":
      return typeof value === "string" && shape.words.includes(value)
        ? undefined
        : fault(`must be one of ${shape.words.join(", ")}`);
    case "<":
      return isPlainObject(value)
        ? findInObject(resolve(shape), value, rules)
        : mistaken("an object", value);
  }
}

function findInArray(
  of: Shape,
  value: unknown,
  some: boolean,
  rules: Rules,
): Fault | undefined {
  if (!Array.isArray(value)) return mistaken("an array", value);
  if (some && value.length === 0) return fault("must not be empty");
  for (let i = 0; i < value.length; i++) {
    const found = findInValue(of, value[i], rules);
    if (found !== undefined) return within(i, found);
  }
  return undefined;
}

function findInMap(of: Shape, value: unknown, rules: Rules): Fault | undefined {
  if (!isPlainObject(value)) return mistaken("an object", value);
  for (const key of Object.keys(value)) {
    const held = value[key];
    const found = held === undefined ? undefined : findInValue(of, held, rules);
    if (found !== undefined) return within(key, found);
  }
  return undefined;
}

function findInPair(
  shape: Shape & { readonly kind: "|" | ":" },
  value: unknown,
  rules: Rules,
): Fault | undefined {
  if (!Array.isArray(value) || value.length !== 2) return fault("must be a pair");
  return findInValue(shape.left, value[0], rules) ?? findInValue(shape.right, value[1], rules);
}

/** The name of what may be no message at all, where untyped code sends it. */
function nameOf(message: unknown): string {
  const type = isPlainObject(message) ? message["type"] : undefined;
  return typeof type === "string" ? type : "a request";
}

function isOn(channel: RequestChannel | undefined, flags: string): boolean {
  return (channel !== "ToManager" && flags.includes("s")) ||
    (channel !== "ToSupervisor" && flags.includes("m"));
}

function has(value: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(value, name) && value[name] !== undefined;
}
