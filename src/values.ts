/**
 * Small facts about JavaScript values, for every module.
 *
 * @module
 */

/** The longest delay that a timer accepts, in milliseconds: 24.8 days. A longer one fires at once. */
export const MAX_TIMER: number = 2 ** 31 - 1;

/**
 * Tells whether `value` is an object made by `{}`, by `JSON.parse()` or with a null prototype: no
 * array, no Map, no instance of a class.
 */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Returns the own fields of an object; none for a value that is not an object. */
export function fieldsIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/**
 * Sets an own field of an object, even one called `__proto__`: an assignment would change the
 * prototype where Deno runs with `--unstable-unsafe-proto`.
 */
export function setField(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else {
    Object.defineProperty(object, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}
