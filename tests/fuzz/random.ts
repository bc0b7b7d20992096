/**
 * Numbers at random, the same ones for the same seed and input.
 *
 * @module
 */

/** A source of random numbers, by the mulberry32 method. */
export class Random {
  #state = 0;

  /** Begins anew for the input numbered `input`. */
  restart(seed: number, input: number): void {
    this.#state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(input + 1, 0xc2b2ae35);
  }

  /** An unsigned integer of 32 bits. */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to below `bound`, which is at most 2^32. */
  below(bound: number): number {
    return Math.floor(this.bits() / 2 ** 32 * bound);
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    for (let at = this.below(list.length); at < list.length; at++) {
      const item = list[at];
      if (item !== undefined) return item;
    }
    throw new RangeError("Cannot pick from an empty list");
  }

  /** `length` bytes. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.bits();
    return bytes;
  }
}
