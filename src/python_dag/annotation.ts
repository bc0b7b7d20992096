/**
 * Python annotations for JSON Schemas.
 *
 * @module
 */
import { isPlainObject } from "../values.ts";

const NAMES: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  null: "None",
};
/** Deeper annotations are hard to read. */
const MAX_DEPTH = 3;

/**
 * Returns the annotation for values of the schema, e.g. `list[str] | None`; undefined if the schema
 * does not name types, or built-in types cannot express them.
 */
export function annotationOf(schema: unknown): string | undefined {
  const types = new Set(typesOf(schema, 0));
  if (types.size === 0 || types.has(undefined)) return undefined;
  // "float" includes "int"; None is last by convention.
  if (types.has("float")) types.delete("int");
  const names = [...types].filter((type) => type !== undefined);
  return [...names.filter((name) => name !== "None"), ...names.filter((name) => name === "None")]
    .join(" | ");
}

/** Returns the types of a union, with undefined for each type that has no annotation. */
function typesOf(schema: unknown, depth: number): (string | undefined)[] {
  if (!isPlainObject(schema)) return [undefined];
  const parts = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(parts)) return parts.flatMap((part: unknown) => typesOf(part, depth));
  const type = schema["type"];
  if (Array.isArray(type)) {
    return type.flatMap((each: unknown) => typesOf({ ...schema, type: each }, depth));
  }
  if (type === undefined) return literalsOf(schema).map(typeOfLiteral);
  if (type === "array") return [generic("list", [schema["items"]], depth)];
  if (type === "object") return [objectOf(schema, depth)];
  return [typeof type === "string" && Object.hasOwn(NAMES, type) ? NAMES[type] : undefined];
}

function objectOf(schema: Readonly<Record<string, unknown>>, depth: number): string {
  const others = schema["additionalProperties"];
  return schema["properties"] === undefined && isPlainObject(others)
    ? generic("dict", [{ type: "string" }, others], depth)
    : "dict";
}

function generic(name: string, parameters: readonly unknown[], depth: number): string {
  if (depth >= MAX_DEPTH) return name;
  const inner = parameters.map((each) => {
    const types = new Set(typesOf(each, depth + 1));
    return types.size === 0 || types.has(undefined) ? undefined : [...types].join(" | ");
  });
  return inner.includes(undefined) ? name : `${name}[${inner.join(", ")}]`;
}

function literalsOf(schema: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (Object.hasOwn(schema, "const")) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : [undefined];
}

function typeOfLiteral(value: unknown): string | undefined {
  if (value === null) return "None";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  return typeof value === "string" ? "str" : typeof value === "boolean" ? "bool" : undefined;
}
