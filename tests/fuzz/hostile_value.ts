/**
 * Values to encode, to send and to log, from the plain to the hostile.
 *
 * @module
 */
import type { Random } from "./random.ts";

const TEXTS = ["", "a", "id", "__proto__", "constructor", "toString", "toJSON", "12", "äöü", "名前"]
  .concat([
    "a\u{1f600}b",
    "\ufeff",
    "\0\n\r\u2028",
    "x".repeat(31),
    "y".repeat(80),
    "é".repeat(81),
  ]);
const INTEGERS = [
  0,
  1,
  31,
  32,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
];
const FLOATS = [-0, 0.5, NaN, Infinity, -Infinity, 5e-324, 1.7e308, 2 ** 53, 1e21];
const BIGINTS = [2n ** 53n, -(2n ** 53n), 2n ** 64n - 1n, -(2n ** 63n), 2n ** 63n];

/** A text; now and then a long one. */
export function plainText(random: Random): string {
  const text = random.pick(TEXTS);
  return random.once(8)
    ? (text + random.pick(TEXTS)).repeat(random.below(random.once(300) ? 2000 : 30))
    : text;
}

/** A value that the codec gives back as it is. */
export function plainValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 4 ? 8 : 12)) {
    case 0:
      return random.pick([false, true]);
    case 1:
      return null;
    case 2:
      return random.once(2) ? random.pick(INTEGERS) : -random.pick(INTEGERS.slice(1));
    case 3:
      return random.bits() - 2 ** 31;
    case 4:
      return random.once(2) ? random.pick(FLOATS) : random.bits() / 7;
    case 5:
      return random.once(2) ? random.pick(BIGINTS) : random.bytes(random.below(40));
    case 6: {
      const seconds = BigInt(random.once(2) ? random.bits() : random.bits() * 64 - 2 ** 36);
      const rest = random.once(2) ? 0n : BigInt(random.below(10 ** 9));
      return new Temporal.Instant(seconds * 1_000_000_000n + rest);
    }
    case 7:
      return plainText(random);
    case 8:
    case 9:
      return Array.from({ length: size(random) }, () => plainValue(random, depth + 1));
    case 10: {
      const map = new Map<unknown, unknown>([[random.bits(), null]]);
      for (let i = size(random); i > 0; i--) {
        const key = random.once(2) ? plainText(random) : random.bits();
        map.set(key, plainValue(random, depth + 1));
      }
      return map;
    }
    default:
      return recordOf(random, () => plainValue(random, depth + 1));
  }
}

function size(random: Random): number {
  return random.below(random.once(25) ? 24 : 5);
}

function recordOf(random: Random, value: () => unknown): Record<string, unknown> {
  const length = size(random);
  return Object.fromEntries(Array.from({ length }, () => [plainText(random), value()]));
}

/** A value that msgpack and Airflow have no word for. */
export function unsendable(random: Random): unknown {
  // to refuse these takes a hundred times longer: the way to the fault has 512 steps
  if (random.once(30)) return random.once(2) ? cyclic(random) : deep(random);
  switch (random.below(9)) {
    case 0:
      return () => 1;
    case 1:
      return Symbol("s");
    case 2:
      return new Set([1]);
    case 3:
      return random.pick([
        "\ud800",
        "a\udc00b",
        "\udfff".repeat(90),
        "é\ud83d",
        "\ud83d\ud83d\ude00",
      ]);
    case 4:
      return new Date(NaN);
    case 5:
      return random.pick([2n ** 64n, -(2n ** 63n) - 1n, 10n ** 400n]);
    case 6:
      return new (class Odd {
        x = 1;
      })();
    case 7:
      return random.pick<object>([
        Promise.resolve(1),
        new WeakMap(),
        /x/,
        new URL("a:b"),
        new Error("e"),
      ]);
    default:
      return Object.create({ inherited: 1 });
  }
}

function cyclic(random: Random): unknown {
  const cycle: unknown[] = [1];
  cycle.push(random.once(2) ? cycle : { cycle });
  return cycle;
}

function deep(random: Random): unknown {
  let value: unknown = null;
  for (let i = 0; i < 600; i++) value = random.once(2) ? [value] : { value };
  return value;
}

/** A plain value with something unsendable in it, somewhere. */
export function withUnsendable(random: Random, depth = 0): unknown {
  if (depth > 3 || random.once(3)) return unsendable(random);
  const inner = withUnsendable(random, depth + 1);
  switch (random.below(3)) {
    case 0:
      return [plainValue(random, 4), inner, plainValue(random, 4)];
    case 1:
      return new Map([[plainValue(random, 4), inner]]);
    default:
      return { ...recordOf(random, () => plainValue(random, 4)), [`k${plainText(random)}`]: inner };
  }
}

/** Makes a value that may throw, change or never end when it is read. */
export function ruthless(random: Random, depth = 0): unknown {
  switch (random.below(depth > 2 ? 14 : 18)) {
    case 0:
      return withUnsendable(random);
    case 1:
      return plainValue(random, 3);
    case 2:
      return thrower(random);
    case 3:
      return new Proxy({}, trap(random));
    case 4:
      return new Proxy(() => 1, trap(random));
    case 5:
      return new Proxy([], trap(random));
    case 6: {
      const { proxy, revoke } = Proxy.revocable(random.once(2) ? {} : () => 1, {});
      revoke();
      return proxy;
    }
    case 7:
      return Object.defineProperty(() => 1, "name", { get: () => thrown(random) });
    case 8:
      return oddDate(random);
    case 9:
      return oddError(random, depth);
    case 10:
      return Object.create(
        random.pick<object>([Date.prototype, Map.prototype, Set.prototype, RegExp.prototype]),
      );
    case 11:
      return endless(random);
    case 12:
      return { toJSON: () => thrown(random), toString: () => thrown(random), then: null };
    case 13:
      return new Map<unknown, unknown>([[thrower(random), 1], [Symbol("k"), 2], ["__proto__", {}]]);
    case 14:
    case 15:
      return Array.from({ length: size(random) }, () => ruthless(random, depth + 1));
    default:
      return recordOf(random, () => ruthless(random, depth + 1));
  }
}

function thrown(random: Random): never {
  throw random.pick<unknown>([
    new Error("hostile"),
    "text \ud800",
    null,
    Symbol("thrown"),
    Object.defineProperty(new Error("x"), "message", {
      get: () => {
        throw new Error("even its message");
      },
    }),
    Object.assign(new Error("x"), { message: Object.create(null) }),
  ]);
}

function thrower(random: Random): object {
  return Object.defineProperty({}, random.pick(["toString", "x", "msg", "__proto__", "length"]), {
    enumerable: true,
    get: () => thrown(random),
  });
}

function trap(random: Random): ProxyHandler<object> {
  const names = ["get", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor", "has"] as const;
  const name = random.pick(names);
  return { [name]: () => random.once(3) ? random.pick([1, null, "x"]) : thrown(random) };
}

function oddDate(random: Random): Date {
  const date = new Date(random.bits());
  const json = random.pick<() => unknown>([
    () => 1n,
    () => "\ud800\n",
    () => thrown(random),
    () => Object.create(null),
    () => ({ toJSON: () => thrown(random) }),
  ]);
  return Object.defineProperty(date, "toJSON", { value: json });
}

/** An error that is hard to show. */
export function oddError(random: Random, depth = 0): unknown {
  const error = random.pick([
    () => new Error("m\ud800", { cause: depth > 2 ? 1 : ruthless(random, depth + 1) }),
    () => new AggregateError([1, ruthless(random, depth + 2)], "many"),
    () => new RangeError(`x\n    at ${" (".repeat(random.below(2000))}:1:2\u2028`),
  ])();
  const name = random.pick(["name", "message", "stack", "cause", "errors", "code", "none"]);
  if (name === "none") return error;
  if (random.once(2)) return Object.defineProperty(error, name, { get: () => thrown(random) });
  const value = random.pick<unknown>([1, 1n, null, Symbol("v"), Object.create(null), error, [[
    error,
  ]]]);
  Object.defineProperty(error, name, { value });
  if (random.once(6)) Object.setPrototypeOf(error, new Proxy({}, trap(random)));
  return error;
}

function endless(random: Random): unknown {
  const source = random.pick<object>([new Set([1]), [1], new Map([[1, 1]])]);
  return Object.defineProperty(source, Symbol.iterator, {
    value: function* () {
      while (true) yield [1, 2];
    },
  });
}
