/**
 * The interface of Standard Schema (https://standardschema.dev), which zod, valibot, arktype and many
 * more libraries implement.
 *
 * @module
 */

/** A step of the path in a {@linkcode SchemaIssue}: a key, or an object with a key. */
export type SchemaPathStep = PropertyKey | { readonly key: PropertyKey };

/** A fault of a value. */
export interface SchemaIssue {
  /** The message of the library. */
  readonly message: string;
  /** The path within the value; absent or empty for the value itself. */
  readonly path?: readonly SchemaPathStep[] | undefined;
}

/** The output of a schema, with defaults and conversions applied, or its issues. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** Converts a schema to JSON Schema: an optional part of the standard, in newer libraries. */
export interface JsonSchemaConverter {
  /** Returns the JSON Schema of the input; throws when JSON Schema cannot express it. */
  readonly input: (options: { readonly target: string }) => Readonly<Record<string, unknown>>;
  /** Returns the JSON Schema of the output; throws when JSON Schema cannot express it. */
  readonly output: (options: { readonly target: string }) => Readonly<Record<string, unknown>>;
}

/** The properties of a {@linkcode StandardSchema}. */
export interface StandardSchemaProperties<Input, Output> {
  /** The version of the standard. */
  readonly version: 1;
  /** The library, e.g. `"zod"`. */
  readonly vendor: string;
  /** Checks a value, synchronously or not. */
  readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
  /** Carries the types; absent at run time. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  /** Converts the schema to JSON Schema, if the library supports it. */
  readonly jsonSchema?: JsonSchemaConverter | undefined;
}

/**
 * A schema of any library that implements Standard Schema, version 1: it converts `Input` to
 * `Output`.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** The properties that the standard defines. */
  readonly "~standard": StandardSchemaProperties<Input, Output>;
}

/** Tells whether a value is a schema, which may be a function. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard: unknown = Reflect.get(value, "~standard");
  if (typeof standard !== "object" || standard === null) return false;
  return Reflect.get(standard, "version") === 1 &&
    typeof Reflect.get(standard, "validate") === "function";
}
