/**
 * Checks that a value fits the type that a TaskFlow parameter declares in Python.
 *
 * Airflow sends the JSON Schema that pydantic makes of the annotation. Unknown keywords are ignored,
 * as Airflow requires of runtimes.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../../protocol/generated.ts";
import { placeOf } from "../context/serialize.ts";

/** A limit for `$ref`s that refer to each other. */
const MAX_DEPTH = 100;

type Path = (string | number)[];

/** A schema, and the document that its `$ref`s point into. */
interface Rule {
  readonly schema: JsonObject;
  readonly root: JsonObject;
  readonly depth: number;
}

/**
 * Describes why `value`, as `deserialize()` returned it, does not fit: "the value at $[0] must be
 * integer, not a string". Returns undefined if it fits.
 */
export function findMismatch(value: unknown, schema: JsonObject): string | undefined {
  return find(value, { schema, root: schema, depth: 0 }, []);
}

function find(value: unknown, rule: Rule, path: Path): string | undefined {
  const { schema, root, depth } = rule;
  if (depth > MAX_DEPTH) return undefined;
  const sub = (part: JsonValue): Rule | undefined =>
    isSchema(part) ? { schema: part, root, depth: depth + 1 } : undefined;
  const all = list(schema["allOf"]);
  const target = refTarget(schema["$ref"], root);
  for (const part of target === undefined ? all : [target, ...all]) {
    const next = sub(part);
    const found = next === undefined ? undefined : find(value, next, path);
    if (found !== undefined) return found;
  }
  return findChoice(value, schema, sub, path) ?? findType(value, schema, path) ??
    findBound(value, schema, path) ?? findInside(value, schema, sub, path);
}

type Sub = (part: JsonValue) => Rule | undefined;

function findChoice(
  value: unknown,
  schema: JsonObject,
  sub: Sub,
  path: Path,
): string | undefined {
  const words = Object.hasOwn(schema, "const") ? [schema["const"]] : list(schema["enum"]);
  if (words.length > 0 && !words.some((word) => isSame(value, word))) {
    return mismatch(
      path,
      `be one of ${words.map((word) => JSON.stringify(word)).join(", ")}`,
      value,
    );
  }
  const parts = [...list(schema["anyOf"]), ...list(schema["oneOf"])].flatMap((part) =>
    sub(part) ?? []
  );
  if (parts.length === 0) return undefined;
  const found = parts.map((part) => find(value, part, [...path]));
  if (found.includes(undefined)) return undefined;
  const types = parts.flatMap(({ schema: part }) => list(part["type"] ?? part["title"] ?? null));
  // A mismatch inside a part of the value's own type explains more than the list of types.
  return found.find((text) => text !== undefined && !text.startsWith(`${at(path)} must be`)) ??
    mismatch(path, `be ${types.join(" or ")}`, value);
}

function findType(value: unknown, schema: JsonObject, path: Path): string | undefined {
  const types = list(schema["type"] ?? null).filter((type) => typeof type === "string");
  if (types.length === 0) return undefined;
  const format = schema["format"];
  if (types.some((type) => isOfType(value, type, format))) return undefined;
  const named = types.map((type) => type === "string" ? wanted(format) : type);
  return mismatch(path, `be ${named.join(" or ")}`, value);
}

function isOfType(value: unknown, type: string, format: JsonValue | undefined): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return typeof value === "bigint" || Number.isInteger(value);
    case "number":
      return typeof value === "number" || typeof value === "bigint";
    case "string":
      return typeof value === "string" ? isOfFormat(value, format) : isTime(value, format);
    case "array":
      return Array.isArray(value) || value instanceof Set;
    case "object":
      return isSchema(value);
    default:
      return true;
  }
}

function wanted(format: JsonValue | undefined): string {
  return typeof format === "string" && FORMATS.has(format)
    ? `string of format ${format}`
    : "string";
}

const FORMATS: ReadonlyMap<string, RegExp> = new Map([
  ["date-time", /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/i],
  ["date", /^\d{4}-\d\d-\d\d$/],
  ["uuid", /^[\da-f]{8}(-?[\da-f]{4}){3}-?[\da-f]{12}$/i],
]);

function isOfFormat(text: string, format: JsonValue | undefined): boolean {
  return typeof format !== "string" || FORMATS.get(format)?.test(text) !== false;
}

/** JSON Schema describes Python's times as strings. */
function isTime(value: unknown, format: JsonValue | undefined): boolean {
  return (format === "date-time" && value instanceof Temporal.Instant) ||
    (format === "date" && value instanceof Temporal.PlainDate) ||
    (format === "duration" && value instanceof Temporal.Duration);
}

function findBound(value: unknown, schema: JsonObject, path: Path): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") {
    return findNumberBound(value, schema, path);
  }
  if (typeof value === "string") {
    const pattern = patternOf(schema["pattern"]);
    if (pattern?.test(value) === false) {
      return `${at(path)} must match ${JSON.stringify(schema["pattern"])}`;
    }
    return findSizeBound([...value].length, schema, "Length", "characters", path);
  }
  if (Array.isArray(value)) return findSizeBound(value.length, schema, "Items", "items", path);
  if (value instanceof Set) return findSizeBound(value.size, schema, "Items", "items", path);
  return undefined;
}

function findNumberBound(
  value: number | bigint,
  schema: JsonObject,
  path: Path,
): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const holds: [JsonValue | undefined, string, (bound: number) => boolean][] = [
    [minimum, "at least", (bound) => value >= bound],
    [maximum, "at most", (bound) => value <= bound],
    [exclusiveMinimum, "greater than", (bound) => value > bound],
    [exclusiveMaximum, "less than", (bound) => value < bound],
    [multipleOf, "a multiple of", (bound) => bound === 0 || Number(value) % bound === 0],
  ];
  for (const [bound, words, isHeld] of holds) {
    if (typeof bound === "number" && !isHeld(bound)) return `${at(path)} must be ${words} ${bound}`;
  }
  return undefined;
}

function findSizeBound(
  size: number,
  schema: JsonObject,
  suffix: "Length" | "Items",
  what: string,
  path: Path,
): string | undefined {
  const [least, most] = [schema[`min${suffix}`], schema[`max${suffix}`]];
  if (typeof least === "number" && size < least) {
    return `${at(path)} must have ${least} ${what} or more`;
  }
  if (typeof most === "number" && size > most) {
    return `${at(path)} must have ${most} ${what} or fewer`;
  }
  return undefined;
}

function findInside(value: unknown, schema: JsonObject, sub: Sub, path: Path): string | undefined {
  if (Array.isArray(value) || value instanceof Set) {
    return findInItems([...value], schema, sub, path);
  }
  if (!isSchema(value)) return undefined;
  // The schema of a Python class describes the data of its instances.
  const data = value["__data__"];
  const isForm = typeof value["__classname__"] === "string" && data !== undefined && isSchema(data);
  return findInFields(isForm ? data : value, schema, sub, path);
}

function findInItems(
  items: readonly unknown[],
  schema: JsonObject,
  sub: Sub,
  path: Path,
): string | undefined {
  const first = list(schema["prefixItems"]);
  const rest = sub(schema["items"] ?? null);
  if (first.length === 0 && (rest === undefined || isEmpty(rest.schema))) return undefined;
  for (const [index, item] of items.entries()) {
    const rule = index < first.length ? sub(first[index] ?? null) : rest;
    const found = rule === undefined ? undefined : find(item, rule, [...path, index]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInFields(
  fields: JsonObject,
  schema: JsonObject,
  sub: Sub,
  path: Path,
): string | undefined {
  for (const name of list(schema["required"])) {
    if (typeof name === "string" && !Object.hasOwn(fields, name)) {
      return `${at([...path, name])} is missing`;
    }
  }
  const known = schema["properties"] ?? {};
  const others = schema["additionalProperties"];
  for (const [name, field] of Object.entries(fields)) {
    const isKnown = isSchema(known) && Object.hasOwn(known, name);
    if (!isKnown && others === false) return `${at([...path, name])} is unknown`;
    const rule = sub(isKnown ? known[name] ?? null : others ?? null);
    const found = rule === undefined ? undefined : find(field, rule, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Resolves a reference such as `#/$defs/Row`. */
function refTarget(ref: JsonValue | undefined, root: JsonObject): JsonValue | undefined {
  if (typeof ref !== "string" || !ref.startsWith("#/")) return undefined;
  let target: JsonValue | undefined = root;
  for (const step of ref.slice(2).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    target = target !== undefined && isSchema(target) && Object.hasOwn(target, name)
      ? target[name]
      : undefined;
  }
  return target;
}

/** Compiles a pattern; one that only Python understands is ignored. */
function patternOf(pattern: JsonValue | undefined): RegExp | undefined {
  if (typeof pattern !== "string") return undefined;
  try {
    return new RegExp(pattern, "u");
  } catch {
    return undefined;
  }
}

function isSame(value: unknown, word: JsonValue | undefined): boolean {
  return value === word || (typeof value === "object" && value !== null &&
    JSON.stringify(value) === JSON.stringify(word));
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isEmpty(schema: JsonObject): boolean {
  return Object.keys(schema).length === 0;
}

function isSchema(value: unknown): value is JsonObject {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function at(path: Path): string {
  return path.length === 0 ? "it" : `the value at ${placeOf(path)}`;
}

function mismatch(path: Path, must: string, value: unknown): string {
  return `${at(path)} must ${must}, not ${kindOf(value)}`;
}

/** Describes a value without showing it: it may be secret, or long. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a number";
  if (typeof value === "bigint") return "an integer";
  if (typeof value !== "object") return `a ${typeof value}`;
  return isSchema(value) ? "an object" : `a ${value.constructor?.name ?? "value"}`;
}
