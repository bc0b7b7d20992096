/**
 * What a schema of any library has in common with the others: the interface of Standard Schema
 * (https://standardschema.dev), which zod, valibot, arktype and many more implement.
 *
 * @module
 */

/** A step of an {@linkcode SchemaIssue}'s path: a key, or an object that holds it. */
export type SchemaPathStep = PropertyKey | { readonly key: PropertyKey };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  /** What is wrong, as the library says it. */
  readonly message: string;
  /** Where in the value; absent or empty for the value itself. */
  readonly path?: readonly SchemaPathStep[] | undefined;
}

/** What a schema makes of a value: the value, defaults and conversions applied, or what is wrong. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Writes a schema as JSON Schema: an optional part of the standard, which newer libraries have. */
export interface JsonSchemaConverter {
  /** Of the values that the schema takes; throws where JSON Schema cannot say it. */
  readonly input: (options: { readonly target: string }) => Readonly<Record<string, unknown>>;
  /** Of the values that it gives; throws where JSON Schema cannot say it. */
  readonly output: (options: { readonly target: string }) => Readonly<Record<string, unknown>>;
}

/** The properties of a {@linkcode StandardSchema}. */
export interface StandardSchemaProperties<Input, Output> {
  /** The version of the standard. */
  readonly version: 1;
  /** The library, e.g. `"zod"`. */
  readonly vendor: string;
  /** Checks a value, at once or not. */
  readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  /** Carries the types; nothing at run time. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  /** Writes the schema as JSON Schema, where the library can. */
  readonly jsonSchema?: JsonSchemaConverter | undefined;
}

/**
 * A schema of any library that follows Standard Schema, version 1: it takes `Input`, and makes
 * `Output` of it.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What the standard defines. */
  readonly "~standard": StandardSchemaProperties<Input, Output>;
}

/** Whether a value is a schema; some libraries' are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard: unknown = Reflect.get(value, "~standard");
  if (typeof standard !== "object" || standard === null) return false;
  return Reflect.get(standard, "version") === 1 &&
    typeof Reflect.get(standard, "validate") === "function";
}
