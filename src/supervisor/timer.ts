/**
 * Timers that cost a launch nothing.
 *
 * Deno 2.9 builds Node's timers when `setTimeout()` is first called, which takes 13 to 23 ms.
 * `AbortSignal.timeout()` does without them.
 *
 * @module
 */
import { MAX_TIMER } from "../values.ts";

/** Runs `action` after some milliseconds; disposing cancels that. */
export type StartTimer = (milliseconds: number, action: () => void) => Disposable;

let start: StartTimer = (milliseconds, action) => {
  const timer = setTimeout(action, milliseconds);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
};

/**
 * Runs `action` after so many milliseconds, {@linkcode MAX_TIMER} at most; disposing cancels that.
 *
 * It goes by `setTimeout()`, which tests may fake, until {@linkcode useSystemTimers} is called.
 */
export function startTimer(milliseconds: number, action: () => void): Disposable {
  return start(Math.min(Math.max(milliseconds, 0), MAX_TIMER), action);
}

/** Lets timers of this process go by `AbortSignal.timeout()`. The launch of a task calls it. */
export function useSystemTimers(): void {
  start = (milliseconds, action) => {
    const signal = AbortSignal.timeout(milliseconds);
    signal.addEventListener("abort", action, { once: true });
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", action) };
  };
}
