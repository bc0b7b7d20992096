/**
 * Values that are taken one after the other.
 *
 * @module
 */

/** Values to take: each once, or a single one every time. */
export interface Supply<T> {
  /** The values. */
  readonly values: readonly T[];
  /** Whether the first one is taken every time. */
  readonly isEndless: boolean;
}

/**
 * The values of a supply, one by one.
 *
 * @example
 * ```ts
 * import { Sequence } from "./sequence.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const each = new Sequence({ values: ["a", "b"], isEndless: false });
 * assertEquals([each.next(), each.next(), each.next()], ["a", "b", undefined]);
 * ```
 */
export class Sequence<T> {
  readonly #supply: Supply<T>;
  #taken = 0;

  /** Begins with the first value; without a supply there is none. */
  constructor(supply: Supply<T> = { values: [], isEndless: false }) {
    this.#supply = supply;
  }

  /** The next value; undefined when none is left. */
  next(): T | undefined {
    return this.#supply.values[this.#supply.isEndless ? 0 : this.#taken++];
  }
}
