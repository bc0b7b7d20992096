/**
 * The parameters of a task, as its handler's schema tells them.
 *
 * @module
 */
import type { StandardSchema } from "../../sdk/standard_schema.ts";
import { isPlainObject } from "../../values.ts";

/** One parameter of a task. */
export interface Parameter {
  /** Its name. */
  readonly name: string;
  /** Whether a call must pass it. */
  readonly required: boolean;
  /** The JSON Schema (draft 2020-12) of what is passed. */
  readonly schema: unknown;
}

const TARGET = { target: "draft-2020-12" } as const;

/**
 * The parameters that a schema of arguments names, in its order.
 *
 * Undefined when the schema does not tell: its library writes no JSON Schema, or JSON Schema cannot
 * say it, or it is not one of an object.
 */
export function parametersOf(schema: StandardSchema | undefined): Parameter[] | undefined {
  let whole: Readonly<Record<string, unknown>> | undefined;
  try {
    whole = schema?.["~standard"].jsonSchema?.input(TARGET);
  } catch {
    // A date, a map, a transformation from anything: the library's own refusal.
  }
  const properties = whole?.["properties"];
  if (whole === undefined || !isPlainObject(properties)) return undefined;
  const required = whole["required"];
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  const definitions = isPlainObject(whole["$defs"]) ? { $defs: whole["$defs"] } : {};
  return Object.entries(properties).map(([name, part]) => ({
    name,
    required: names.includes(name),
    // A part that stands alone must bring along what it refers to.
    schema: isPlainObject(part) && refers(part) ? { ...part, ...definitions } : part,
  }));
}

function refers(part: Readonly<Record<string, unknown>>): boolean {
  return JSON.stringify(part).includes('"$ref":');
}
