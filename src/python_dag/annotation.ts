/**
 * From a parameter's JSON Schema to a Python annotation.
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
/** Deeper ones help nobody. */
const MAX_DEPTH = 3;

/**
 * The annotation for values of that schema, of built-in types only, e.g. `list[str] | None`;
 * undefined where the schema does not tell, or tells what they have no word for.
 */
export function annotationOf(schema: unknown): string | undefined {
  const types = new Set(typesOf(schema, 0));
  if (types.size === 0 || types.has(undefined)) return undefined;
  // An integer is among the numbers, and None stands last.
  if (types.has("float")) types.delete("int");
  const names = [...types].filter((type) => type !== undefined);
  return [...names.filter((name) => name !== "None"), ...names.filter((name) => name === "None")]
    .join(" | ");
}

/** The types of a union; undefined among them is one that cannot be told. */
function typesOf(schema: unknown, depth: number): (string | undefined)[] {
  if (!isPlainObject(schema)) return [undefined];
  const parts = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(parts)) return parts.flatMap((part: unknown) => typesOf(part, depth));
  const type = schema["type"];
  if (Array.isArray(type)) {
    return type.flatMap((each: unknown) => typesOf({ ...schema, type: each }, depth));
  }
  if (type === undefined) return wordsOf(schema).map(typeOfWord);
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

function wordsOf(schema: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (Object.hasOwn(schema, "const")) return [schema["const"]];
  return Array.isArray(schema["enum"]) ? schema["enum"] : [undefined];
}

function typeOfWord(word: unknown): string | undefined {
  if (word === null) return "None";
  if (typeof word === "number") return Number.isInteger(word) ? "int" : "float";
  return typeof word === "string" ? "str" : typeof word === "boolean" ? "bool" : undefined;
}
