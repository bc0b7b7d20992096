/**
 * What a Dag run can be triggered with.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import type { JsonValue } from "../../protocol/value.ts";
import { invalid } from "./checks.ts";

/** The words for types in JSON Schema. */
export type ParamType = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

/**
 * A param: JSON Schema for its value, and what Airflow's form shows. Keywords that are not listed
 * go to Airflow as they are.
 */
export interface ParamSchema {
  /** The value when a run is triggered without; none means that a run must be given one. */
  readonly default?: JsonValue;
  /** The type, or types, of its value. */
  readonly type?: ParamType | readonly ParamType[];
  /** The only values allowed. */
  readonly enum?: readonly JsonValue[];
  /** What the form calls it. */
  readonly title?: string;
  /** What the form says of it. */
  readonly description?: string;
  /** The same in Markdown. */
  readonly description_md?: string;
  /** The form's heading that it goes under. */
  readonly section?: string;
  /** `"date"`, `"date-time"`, `"time"`, `"multiline"` … */
  readonly format?: string;
  /** Any other keyword. */
  readonly [keyword: string]: JsonValue | readonly JsonValue[] | undefined;
}

/** Params by name: a schema, or a plain value as default (an object is always a schema). */
export type ParamDefinitions = Readonly<
  Record<string, ParamSchema | string | number | boolean | null | readonly JsonValue[]>
>;

/** The types behind the words for types. */
export interface ParamTypes {
  /** A text. */
  string: string;
  /** A number. */
  number: number;
  /** A whole number. */
  integer: number;
  /** True or false. */
  boolean: boolean;
  /** A list. */
  array: readonly JsonValue[];
  /** A JSON object. */
  object: { readonly [key: string]: JsonValue };
  /** Null. */
  null: null;
}

/** The type of a param's value, as far as its definition tells. */
export type ParamValue<Param> = Param extends { readonly enum: readonly (infer Word)[] } ? Word
  : Param extends { readonly type: infer Type } ? Type extends keyof ParamTypes ? ParamTypes[Type]
    : Type extends readonly (infer Each)[]
      ? Each extends keyof ParamTypes ? ParamTypes[Each] : never
    : JsonValue
  : Param extends string ? string
  : Param extends number ? number
  : Param extends boolean ? boolean
  : JsonValue;

/** The values of params, by name: `ctx.params`. */
export type ParamValues<Params> = { readonly [Name in keyof Params]: ParamValue<Params[Name]> };

/** A param, taken apart. */
export interface ParamDefinition {
  readonly name: string;
  /** Undefined when a run must be given a value. */
  readonly default: JsonValue | undefined;
  readonly description: string | null;
  readonly schema: { readonly [keyword: string]: JsonValue };
}

/**
 * Takes params apart.
 *
 * @throws {TaskRuntimeError} `INVALID` for what is no JSON
 */
export function readParams(what: string, params: unknown): ParamDefinition[] {
  if (params === undefined) return [];
  if (!isPlainObject(params)) throw invalid(what, "its params are no plain object");
  return Object.entries(params).map(([name, param]) => {
    if (!isJson(param)) throw invalid(what, `its param "${name}" is no JSON`);
    if (!isPlainObject(param)) return { name, default: param, description: null, schema: {} };
    const { default: value, description = null, ...schema } = param;
    if (description !== null && typeof description !== "string") {
      throw invalid(what, `the description of its param "${name}" is no text`);
    }
    return { name, default: value, description, schema };
  });
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every(isJson);
}
