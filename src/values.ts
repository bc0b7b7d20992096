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

/** Describes the kind of a value for a message, without its contents, which may be secret. */
export function describeKind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Temporal.Instant || value instanceof Date) return "a point in time";
  if (value instanceof Promise) return "a Promise (await it first)";
  if (value instanceof Set) return "a Set (spread it into an array)";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "undefined") return "undefined";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isPlainObject(value)) return "an object";
  const name = className(value);
  return name === undefined ? "an object with an unusual prototype" : `an instance of ${name}`;
}

function className(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null) return undefined;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof constructor === "function" && constructor.name ? constructor.name : undefined;
}

/** Returns true for an error of the operating system: a file, a process, the network. */
export function isSystemError(error: unknown): error is Error {
  return Object.values(Deno.errors).some((type) => error instanceof type);
}

/** Returns a text, or null for a value of another type. */
export function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
