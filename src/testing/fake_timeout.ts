/**
 * A timer of a fake clock, for versions of Deno whose timers are objects.
 *
 * @module
 */
import type { FakeClock } from "./fake_clock.ts";

/**
 * A timer with the methods of timers in Deno 2.9, which npm packages call. A fake timer does not keep
 * the process alive: `ref()` and `unref()` only change the result of `hasRef()`.
 */
export class FakeTimeout implements Disposable {
  readonly #clock: FakeClock;
  readonly #start: (clock: FakeClock) => number;
  #id: number;
  #hasRef = true;

  /** Sets the timer with `start`, which returns its id. */
  constructor(clock: FakeClock, start: (clock: FakeClock) => number) {
    this.#clock = clock;
    this.#start = start;
    this.#id = start(clock);
  }

  /** Makes {@linkcode hasRef} return true. */
  ref(): this {
    this.#hasRef = true;
    return this;
  }

  /** Makes {@linkcode hasRef} return false. */
  unref(): this {
    this.#hasRef = false;
    return this;
  }

  /** Tells whether a real timer would keep the process alive. */
  hasRef(): boolean {
    return this.#hasRef;
  }

  /** Starts the timer again. */
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

  /** Returns the id, which also clears the timer. */
  [Symbol.toPrimitive](): number {
    return this.#id;
  }

  /** Clears the timer. */
  [Symbol.dispose](): void {
    this.close();
  }
}
