/**
 * Deep equality by the rules of `@std/assert`.
 *
 * @module
 */

/** Classes whose instances are compared by their text. */
const COMPARED_AS_TEXT: readonly { prototype: object }[] = [
  RegExp,
  URL,
  URLSearchParams,
  Intl.Locale,
  Temporal.Instant,
  Temporal.Duration,
  Temporal.PlainDate,
  Temporal.PlainDateTime,
  Temporal.PlainMonthDay,
  Temporal.PlainTime,
  Temporal.PlainYearMonth,
  Temporal.ZonedDateTime,
];
const TYPED_ARRAY: { prototype: object } = Object.getPrototypeOf(Uint8Array);

function prototypeOf(value: object): object | null {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === "object" ? prototype : null;
}

/** Treats an object without a prototype as a plain object. */
function sameClass(a: object, b: object): boolean {
  return (prototypeOf(a) ?? Object.prototype) === (prototypeOf(b) ?? Object.prototype);
}

function isPlain(value: object): boolean {
  const prototype = prototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}

/** Lists the properties to compare; for instances of classes also the inherited ones. */
function keysOf(value: object): Set<PropertyKey> {
  const enumerable = Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
  if (isPlain(value)) return new Set(enumerable);
  const keys = new Set<PropertyKey>();
  for (
    let object: object | null = value;
    object !== null && object !== Object.prototype && object !== Array.prototype;
    object = prototypeOf(object)
  ) {
    for (const key of Reflect.ownKeys(object)) keys.add(key);
  }
  return keys;
}

/** One comparison; it keeps the pairs being compared, so that cycles terminate. */
class Comparison {
  readonly #seen = new Map<unknown, unknown>();

  equal(a: unknown, b: unknown): boolean {
    if (a === b || Object.is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (!sameClass(a, b)) return false;
    if (a instanceof WeakMap || a instanceof WeakSet) {
      throw new TypeError(`Cannot compare ${a.constructor.name} instances`);
    }
    if (this.#seen.get(a) === b) return true;
    this.#seen.set(a, b);
    if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
    if (a instanceof WeakRef && b instanceof WeakRef) return this.equal(a.deref(), b.deref());
    if (Object.prototype.isPrototypeOf.call(TYPED_ARRAY.prototype, a)) return this.#items(a, b);
    if (a instanceof Set && b instanceof Set) return this.#entries([...a], [...b]);
    if (a instanceof Map && b instanceof Map) return this.#entries([...a], [...b]);
    if (COMPARED_AS_TEXT.some(({ prototype }) => prototype === prototypeOf(a))) {
      return String(a) === String(b);
    }
    return this.#properties(a, b);
  }

  #items(a: object, b: object): boolean {
    const length: unknown = Reflect.get(a, "length");
    if (typeof length !== "number" || length !== Reflect.get(b, "length")) return false;
    for (let i = 0; i < length; i++) {
      if (!this.equal(Reflect.get(a, i), Reflect.get(b, i))) return false;
    }
    return true;
  }

  /** Compares members of sets and entries of maps in any order; keys may be objects. */
  #entries(a: unknown[], b: unknown[]): boolean {
    if (a.length !== b.length) return false;
    const rest = new Set(b);
    for (const entry of a) {
      const match = [...rest].find((other) => new Comparison().equal(entry, other));
      if (match === undefined && !rest.has(undefined)) return false;
      rest.delete(match);
    }
    return true;
  }

  #properties(a: object, b: object): boolean {
    if (Object.keys(a).length !== Object.keys(b).length) return false;
    for (const key of keysOf(a).union(keysOf(b))) {
      if ((key in a) !== (key in b)) return false;
      if (!this.equal(Reflect.get(a, key), Reflect.get(b, key))) return false;
    }
    return true;
  }
}

/** Returns true if both values are deeply equal, by the rules of `@std/assert`. */
export function equal(a: unknown, b: unknown): boolean {
  return new Comparison().equal(a, b);
}
