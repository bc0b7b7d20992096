/**
 * The time limit of replies.
 *
 * @module
 */
import { startTimer } from "./timer.ts";

/**
 * One timer for many waits, of which one is active at a time.
 *
 * Setting and clearing a timer takes some 15 µs, more than the rest of a request. So the timer runs on
 * when a wait ends, and when it fires it checks whether the present wait is due.
 */
export class ReplyDeadline implements Disposable {
  readonly #onDue: () => void;
  /** When the present wait is due, as `performance.now()` counts; Infinity without a wait. */
  #dueAt = Infinity;
  #firesAt = Infinity;
  #timer: Disposable | undefined;
  #isDisposed = false;

  /** Calls `onDue` for each wait that lasts too long. */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Begins a wait that may last `seconds`. Once disposed, waits have no limit. */
  begin(seconds: number): void {
    if (this.#isDisposed) return;
    this.#dueAt = performance.now() + 1000 * seconds;
    if (this.#firesAt > this.#dueAt) this.#startTimer();
  }

  /** Ends the wait. */
  end(): void {
    this.#dueAt = Infinity;
  }

  #startTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#firesAt = this.#dueAt;
    this.#timer = startTimer(this.#dueAt - performance.now(), () => this.#onTimer());
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.#firesAt = Infinity;
    if (this.#dueAt === Infinity) return;
    if (performance.now() < this.#dueAt) return this.#startTimer();
    this.#dueAt = Infinity;
    this.#onDue();
  }

  /** Stops the timer. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.end();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#firesAt = Infinity;
  }
}
