/**
 * The params of a Dag run.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import type { JsonValue } from "../../protocol/value.ts";
import { invalid } from "./checks.ts";

/** The names of types in JSON Schema. */
export type ParamType = "string" | "number" | "integer" | "boolean" | "array" | "object" | "null";

/**
 * A param: the JSON Schema of its value, with fields for Airflow's trigger form. Other keywords are
 * passed to Airflow unchanged.
 */
export interface ParamSchema {
  /** The default; without one, a value is required to trigger a run. */
  readonly default?: JsonValue;
  /** The type or types of the value. */
  readonly type?: ParamType | readonly ParamType[];
  /** The only allowed values. */
  readonly enum?: readonly JsonValue[];
  /** The label in the form. */
  readonly title?: string;
  /** The description in the form. */
  readonly description?: string;
  /** The description in Markdown. */
  readonly description_md?: string;
  /** The section of the form. */
  readonly section?: string;
  /** `"date"`, `"date-time"`, `"time"`, `"multiline"` … */
  readonly format?: string;
  /** Any other keyword. */
  readonly [keyword: string]: JsonValue | readonly JsonValue[] | undefined;
}

/** Params by name: a schema, or a plain value as the default. An object is always a schema. */
export type ParamDefinitions = Readonly<
  Record<string, ParamSchema | string | number | boolean | null | readonly JsonValue[]>
>;

/** The TypeScript types of JSON Schema's types. */
export interface ParamTypes {
  /** A string. */
  string: string;
  /** A number. */
  number: number;
  /** An integer. */
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

/** The type of a param's value, as far as its definition determines it. */
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

/** A param, split into its parts. */
export interface ParamDefinition {
  readonly name: string;
  /** Undefined for a required param. */
  readonly default: JsonValue | undefined;
  readonly description: string | null;
  readonly schema: { readonly [keyword: string]: JsonValue };
}

/**
 * Reads the definitions of params.
 *
 * @throws {TaskRuntimeError} `INVALID` for a definition that is not JSON
 */
export function readParams(what: string, params: unknown): ParamDefinition[] {
  if (params === undefined) return [];
  if (!isPlainObject(params)) throw invalid(what, "its params must be a plain object");
  return Object.entries(params).map(([name, param]) => {
    if (!isJson(param)) throw invalid(what, `its param "${name}" must be JSON`);
    if (!isPlainObject(param)) return { name, default: param, description: null, schema: {} };
    const { default: value, description = null, ...schema } = param;
    if (description !== null && typeof description !== "string") {
      throw invalid(what, `the description of its param "${name}" must be a string`);
    }
    return { name, default: value, description, schema };
  });
}

/** Tells whether a value is JSON. */
export function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isPlainObject(value) && Object.values(value).every(isJson);
}
