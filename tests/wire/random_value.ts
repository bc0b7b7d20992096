/**
 * Makes random values, the same ones for the same seed.
 *
 * @module
 */

/** The kinds of values of {@linkcode RandomValues} in addition to nil, booleans, text and numbers. */
export interface RandomKinds {
  /** The values that @std/msgpack changes: integers from 2^32 on (beyond 2^53 as bigint), -0, U+FEFF. */
  wide: boolean;
  /** `Temporal.Instant`, with this many digits after the second; none without. */
  instantDigits?: 6 | 9;
  /** Map with keys that are not strings. */
  maps: boolean;
}

const ALPHABETS = ["abcdefghij_09 ", "äöüß€é", "名前日本語", "a\u{1f600}é\0", "\ufeffa"];
const LENGTHS = [0, 1, 2, 5, 15, 16, 31, 32, 33, 40, 63, 64, 65, 79, 80, 81, 255, 256, 300];

/** A source of random values. */
export class RandomValues {
  #state: number;
  readonly #kinds: RandomKinds;

  /** Makes a source that starts at `seed`. */
  constructor(seed: number, kinds: RandomKinds) {
    this.#state = seed;
    this.#kinds = kinds;
  }

  /** Returns the next value, with at most four nested containers. */
  next(depth = 0): unknown {
    const kind = this.#below(depth > 3 ? 8 : 12);
    switch (kind) {
      case 0:
        return this.#below(2) === 0 ? null : this.#below(2) === 0;
      case 1:
      case 2:
        return this.#integer();
      case 3:
        return this.#float();
      case 4:
        return this.#kinds.wide ? this.#bigint() : this.#integer();
      case 5:
        return Uint8Array.from({ length: this.#pick(LENGTHS) }, () => this.#below(256));
      case 6:
        return this.#kinds.instantDigits === undefined
          ? this.#text()
          : this.#instant(this.#kinds.instantDigits);
      case 7:
        return this.#text();
      case 8:
      case 9:
        return Array.from({ length: this.#size() }, () => this.next(depth + 1));
      case 10:
        if (this.#kinds.maps) return this.#map(depth);
        return this.#record(depth);
      default:
        return this.#record(depth);
    }
  }

  /** A fraction from 0 to below 1, by the mulberry32 method. */
  #fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  #below(bound: number): number {
    return Math.floor(this.#fraction() * bound);
  }

  #pick<T>(list: readonly T[]): T {
    for (const item of list.slice(this.#below(list.length))) return item;
    throw new RangeError("Cannot pick from an empty list");
  }

  #size(): number {
    return this.#below(40) === 0 ? 15 + this.#below(5) : this.#below(5);
  }

  #integer(): number {
    const bits = this.#below(this.#kinds.wide ? 54 : 32);
    const value = Math.floor(this.#fraction() * 2 ** bits);
    const negative = this.#below(2) === 0 && value > 0 && (this.#kinds.wide || bits < 31);
    return negative ? -value : value;
  }

  #float(): number {
    const value = (this.#fraction() - 0.5) * 10 ** (this.#below(40) - 20);
    if (this.#below(20) === 0) return this.#pick([Infinity, -Infinity, 1e300, 5e-324]);
    if (!this.#kinds.wide) return Number.isInteger(value) ? 0.5 : value;
    return this.#below(20) === 0 ? -0 : value;
  }

  /** Beyond the safe integers, so that it comes back as bigint. */
  #bigint(): bigint {
    const value = 2n ** 53n + BigInt(this.#below(2 ** 32)) * BigInt(this.#below(2 ** 31 - 2 ** 22));
    return this.#below(2) === 0 ? -value : value;
  }

  #instant(digits: 6 | 9): Temporal.Instant {
    const seconds = this.#below(2) === 0 ? this.#below(2 ** 32) : this.#below(2 ** 37) - 2 ** 35;
    const fraction = this.#below(3) === 0 ? 0 : this.#below(10 ** digits) * 10 ** (9 - digits);
    return new Temporal.Instant(BigInt(seconds) * 1_000_000_000n + BigInt(fraction));
  }

  #text(): string {
    const alphabet = [...this.#pick(this.#kinds.wide ? ALPHABETS : ALPHABETS.slice(0, -1))];
    return Array.from({ length: this.#pick(LENGTHS) }, () => this.#pick(alphabet)).join("");
  }

  #record(depth: number): Record<string, unknown> {
    const keys = Array.from({ length: this.#size() }, () => this.#text());
    return Object.fromEntries(keys.map((key) => [key, this.next(depth + 1)]));
  }

  #map(depth: number): Map<unknown, unknown> {
    const pairs = Array.from({ length: this.#size() }, (): [unknown, unknown] => {
      return [this.#below(2) === 0 ? this.#text() : this.#integer(), this.next(depth + 1)];
    });
    return new Map<unknown, unknown>([[-1, null], ...pairs]);
  }
}

/** Tells whether two values are the same: -0 is not 0, a Map is not an object, 1n is not 1. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
    return Object.is(left, right);
  }
  if (left instanceof Temporal.Instant || right instanceof Temporal.Instant) {
    return left instanceof Temporal.Instant && right instanceof Temporal.Instant &&
      left.equals(right);
  }
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  return isSameList(partsOf(left), partsOf(right));
}

function isSameList(left: unknown[], right: unknown[]): boolean {
  return left.length === right.length && left.every((part, i) => isSameValue(part, right[i]));
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat(1);
  if (Array.isArray(value)) return value;
  if (value instanceof Uint8Array) return [...value];
  return Object.entries(value).flat(1);
}
