/**
 * A timer of a fake clock, where real timers are objects.
 *
 * @module
 */
import type { FakeClock } from "./fake_clock.ts";

/**
 * Has the methods of the timers that Deno returns from 2.9 on, since npm packages call them. A fake
 * timer keeps no process alive: `ref()` and `unref()` only change what `hasRef()` returns.
 */
export class FakeTimeout implements Disposable {
  readonly #clock: FakeClock;
  readonly #start: (clock: FakeClock) => number;
  #id: number;
  #hasRef = true;

  /** Sets the timer by `start`, which returns its id. */
  constructor(clock: FakeClock, start: (clock: FakeClock) => number) {
    this.#clock = clock;
    this.#start = start;
    this.#id = start(clock);
  }

  /** Sets what {@linkcode hasRef} returns to true. */
  ref(): this {
    this.#hasRef = true;
    return this;
  }

  /** Sets what {@linkcode hasRef} returns to false. */
  unref(): this {
    this.#hasRef = false;
    return this;
  }

  /** Tells whether a real timer would keep the process alive. */
  hasRef(): boolean {
    return this.#hasRef;
  }

  /** Starts the timer again, from the present. */
  refresh(): this {
    this.close();
    this.#id = this.#start(this.#clock);
    return this;
  }

  /** Clears the timer. */
  close(): this {
    this.#clock.clearTimer(this.#id);
    return this;
  }

  /** Returns the id, which clears the timer as well. */
  [Symbol.toPrimitive](): number {
    return this.#id;
  }

  /** Clears the timer. */
  [Symbol.dispose](): void {
    this.close();
  }
}
