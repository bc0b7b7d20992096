/**
 * Removes undefined fields from objects.
 *
 * @module
 */

/** `T`, its fields that may be undefined made optional. */
export type Defined<T> =
  & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] }
  & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/**
 * The object without its undefined fields.
 *
 * @example
 * ```ts
 * import { defined } from "./defined.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(Object.keys(defined({ a: 1, b: undefined })), ["a"]);
 * ```
 */
export function defined<T extends object>(fields: T): Defined<T> {
  const present = { ...fields };
  for (const key of Object.keys(present)) {
    if (Reflect.get(present, key) === undefined) Reflect.deleteProperty(present, key);
  }
  if (isDefined(present)) return present;
  throw new TypeError("a field is undefined after all");
}

function isDefined<T extends object>(fields: T): fields is T & Defined<T> {
  return Object.values(fields).every((value) => value !== undefined);
}
