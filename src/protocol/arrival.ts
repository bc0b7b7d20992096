/**
 * The check of messages from Airflow.
 *
 * It makes sure of what the types promise, and replaces times by `Temporal.Instant` in place. It
 * permits what a newer Airflow may send: unknown keys, and null for an optional field.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { readDateTime } from "./date_time.ts";
import { type Definition, findDefinition, resolve, type Shape } from "./definition.ts";
import { fault, faultText, mistaken, type SchemaFault, within } from "./fault.ts";
import type { ToDagProcessor, ToTask } from "./generated.ts";
import { isPlainObject } from "../values.ts";

/** A message from Airflow. */
export type Arrival = ToTask | ToDagProcessor;

/** The message of a type. */
export type ArrivalOf<T extends Arrival["type"]> = Extract<Arrival, { readonly type: T }>;

/**
 * Makes sure that `body` is a message of one of the `types`.
 *
 * @throws {TaskRuntimeError} `MALFORMED`, with the message and the field
 */
export function checkArrival<T extends Arrival["type"]>(
  body: unknown,
  types: readonly T[],
): asserts body is ArrivalOf<T> {
  const type = isPlainObject(body) ? body["type"] : undefined;
  const known: readonly string[] = types;
  if (!isPlainObject(body) || typeof type !== "string" || !known.includes(type)) {
    const what = typeof type === "string" ? `"${type}" came` : "no message came";
    throw new TaskRuntimeError("MALFORMED", `Cannot read ${types.join(" or ")}: ${what} instead`);
  }
  const definition = findDefinition(type);
  const found = definition === undefined ? fault("is not in the schema") : settle(definition, body);
  if (found !== undefined) {
    throw new TaskRuntimeError("MALFORMED", `Cannot read ${type}: ${faultText(found)}`);
  }
}

/** Checks the fields of `value` and replaces each time in a text by an Instant. */
function settle(definition: Definition, value: Record<string, unknown>): SchemaFault | undefined {
  for (const { name, required, shape } of definition.fields.values()) {
    const held = Object.hasOwn(value, name) ? value[name] : undefined;
    if (held === undefined || (held === null && !required)) {
      if (required) return within(name, fault("is missing"));
      continue;
    }
    const found = settleValue(shape, held, (instant) => value[name] = instant);
    if (found !== undefined) return within(name, found);
  }
  return undefined;
}

function settleValue(
  shape: Shape,
  value: unknown,
  replace: (instant: Temporal.Instant) => void,
): SchemaFault | undefined {
  switch (shape.kind) {
    case "s":
    case "u":
    case "'":
      if (typeof value !== "string") return mistaken("a string", value);
      return shape.kind !== "'" || shape.words.includes(value)
        ? undefined
        : fault(`must be one of ${shape.words.join(", ")}`);
    case "i":
      return Number.isSafeInteger(value) ? undefined : mistaken("a safe integer", value);
    case "n":
    case "p":
    case "t":
      return typeof value === "number" ? undefined : mistaken("a number", value);
    case "b":
      return typeof value === "boolean" ? undefined : mistaken("a boolean", value);
    case "j":
      return undefined;
    case "o":
      return isPlainObject(value) ? undefined : mistaken("an object", value);
    case "d": {
      const instant = readDateTime(value);
      if (instant === undefined) return mistaken("a point in time", value);
      if (instant !== value) replace(instant);
      return undefined;
    }
    case "?":
      return value === null ? undefined : settleValue(shape.of, value, replace);
    case "|":
      return settleValue(shape.left, value, replace) && settleValue(shape.right, value, replace);
    case "*":
    case "+":
      return settleArray(shape.of, value);
    case "<":
      return settleReference(resolve(shape), value);
    default:
      // Only requests have pairs and typed maps.
      return undefined;
  }
}

function settleArray(of: Shape, value: unknown): SchemaFault | undefined {
  if (!Array.isArray(value)) return mistaken("an array", value);
  // An array of JSON may be long, and every item is valid.
  if (of.kind === "j") return undefined;
  for (let i = 0; i < value.length; i++) {
    const found = settleValue(of, value[i], (instant) => value[i] = instant);
    if (found !== undefined) return within(i, found);
  }
  return undefined;
}

function settleReference(definition: Definition, value: unknown): SchemaFault | undefined {
  if (!isPlainObject(value)) return mistaken("an object", value);
  const type = value["type"];
  // Only members of a union have a tag; another definition may have a field called `type`.
  if (definition.isTagged && type !== undefined && type !== definition.name) {
    return within("type", fault(`must be "${definition.name}"`));
  }
  return settle(definition, value);
}
