/**
 * The check of requests before they are sent.
 *
 * Airflow never answers a message that it cannot validate, so this check must be at least as strict.
 * Where Airflow's schema and its pydantic models differ, it follows the stricter one: a number is not
 * a string, a time needs an offset, unknown keys are refused.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { isDateTime, isDuration } from "./date_time.ts";
import { type Definition, findDefinition, resolve, type Shape } from "./definition.ts";
import { fault, faultText, mistaken, type SchemaFault, within } from "./fault.ts";
import type { SchemaVersion } from "./generated.ts";
import { AIRFLOW_RELEASES, SCHEMA_VERSIONS } from "./generated_table.ts";
import { findNonJson } from "./json_value.ts";
import type { RequestMessage } from "./reply.ts";
import { isPlainObject } from "../values.ts";

/** The receiver of a request: a task's supervisor or the Dag processor's manager. */
export type RequestChannel = "ToSupervisor" | "ToManager";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The newest schema version, whose additions the table marks. */
const NEWEST = SCHEMA_VERSIONS[SCHEMA_VERSIONS.length - 1];

/**
 * Makes sure that Airflow will understand a message, and so answer it.
 *
 * `date` is the schema version that the bundle declares, which stands for the oldest Airflow that the
 * bundle runs on. Airflow 3.4 accepts newer messages (SetExecutionTimeout, UpdateDagRunNote) also from
 * a bundle of the older version, but 3.3 never answers them, and the runtime cannot distinguish the
 * two. Without `channel`, messages of both channels are accepted.
 *
 * @throws {TaskRuntimeError} `INVALID`, with the message and the field; `UNSUPPORTED` for a message
 * or field that is newer than `date`
 */
export function checkRequest(
  message: RequestMessage,
  date: SchemaVersion,
  channel?: RequestChannel,
): void {
  const found = findFault(message, { date, refusesUnknown: true }, channel);
  if (found === undefined) return;
  const code = found.isNewer ? "UNSUPPORTED" : "INVALID";
  const request = nameOf(message);
  throw new TaskRuntimeError(code, `Cannot send ${request}: ${faultText(found)}`, { request });
}

/**
 * Tells whether an Airflow of schema version `date` accepts `body`. Like Airflow, this ignores unknown
 * keys of messages that are not strict. The local Airflow uses it.
 */
export function isRequest(
  body: unknown,
  date: SchemaVersion,
  channel?: RequestChannel,
): body is RequestMessage {
  return findFault(body, { date, refusesUnknown: false }, channel) === undefined;
}

/** Returns why {@linkcode isRequest} returns false, e.g. `field "task_id" is missing`. */
export function requestFault(
  body: unknown,
  date: SchemaVersion,
  channel?: RequestChannel,
): string | undefined {
  const found = findFault(body, { date, refusesUnknown: false }, channel);
  return found === undefined ? undefined : faultText(found);
}

interface Rules {
  readonly date: SchemaVersion;
  /** True to refuse unknown keys that Airflow would ignore. */
  readonly refusesUnknown: boolean;
}

function findFault(
  body: unknown,
  rules: Rules,
  channel: RequestChannel | undefined,
): SchemaFault | undefined {
  if (!isPlainObject(body)) return mistaken("an object", body);
  const type = body["type"];
  if (typeof type !== "string") return within("type", mistaken("a string", type));
  const definition = findDefinition(type);
  if (definition === undefined || !isOn(channel, definition.flags)) {
    return fault("is not a message that Airflow accepts here");
  }
  if (definition.flags.includes("n") && rules.date !== NEWEST) return needsNewest(rules.date);
  return findInObject(definition, body, rules);
}

function needsNewest(date: SchemaVersion): SchemaFault {
  const release = NEWEST === undefined ? "" : ` (Airflow ${AIRFLOW_RELEASES[NEWEST]})`;
  const reason = `needs schema ${NEWEST}${release}, and this bundle declares ${date}`;
  return { path: "", reason, isNewer: true };
}

function findInObject(
  definition: Definition,
  value: Readonly<Record<string, unknown>>,
  rules: Rules,
): SchemaFault | undefined {
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

function findInValue(shape: Shape, value: unknown, rules: Rules): SchemaFault | undefined {
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
      return findNonJson(value);
    case "o":
      return isPlainObject(value) || value instanceof Map
        ? findNonJson(value)
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
): SchemaFault | undefined {
  if (!Array.isArray(value)) return mistaken("an array", value);
  if (some && value.length === 0) return fault("must not be empty");
  for (let i = 0; i < value.length; i++) {
    const found = findInValue(of, value[i], rules);
    if (found !== undefined) return within(i, found);
  }
  return undefined;
}

function findInMap(of: Shape, value: unknown, rules: Rules): SchemaFault | undefined {
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
): SchemaFault | undefined {
  if (!Array.isArray(value) || value.length !== 2) return fault("must be a pair");
  return findInValue(shape.left, value[0], rules) ?? findInValue(shape.right, value[1], rules);
}

/** Returns the type of a message, which may be any value in untyped code. */
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
