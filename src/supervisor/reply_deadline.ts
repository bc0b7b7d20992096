/**
 * The deadline of waits that follow one another.
 *
 * @module
 */
import { startTimer } from "./timer.ts";

/**
 * One timer for many waits, of which there is one at a time.
 *
 * To set a timer and clear it again takes some 15 µs, more than all else that a request costs; this
 * one is left running from wait to wait, and looks when it fires whether the present one is due.
 */
export class Deadline implements Disposable {
  readonly #onDue: () => void;
  /** When the present wait is due, in milliseconds as of `performance.now()`. */
  #dueAt = Infinity;
  #firesAt = Infinity;
  #timer: Disposable | undefined;
  #isOver = false;

  /** Calls `onDue` for each wait that lasts too long. */
  constructor(onDue: () => void) {
    this.#onDue = onDue;
  }

  /** Begins a wait that may last so many seconds; after the disposal, for ever. */
  begin(seconds: number): void {
    if (this.#isOver) return;
    this.#dueAt = performance.now() + 1000 * seconds;
    if (this.#firesAt > this.#dueAt) this.#arm();
  }

  /** The wait has ended. */
  end(): void {
    this.#dueAt = Infinity;
  }

  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    this.#firesAt = this.#dueAt;
    this.#timer = startTimer(this.#dueAt - performance.now(), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#firesAt = Infinity;
    if (this.#dueAt === Infinity) return;
    if (performance.now() < this.#dueAt) return this.#arm();
    this.#dueAt = Infinity;
    this.#onDue();
  }

  /** Stops the timer. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.end();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#firesAt = Infinity;
  }
}
