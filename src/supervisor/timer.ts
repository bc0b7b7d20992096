/**
 * Timers without `setTimeout()`.
 *
 * Deno 2.9 loads Node's timers when `setTimeout()` is first called, which takes 13 to 23 ms of a
 * launch. `AbortSignal.timeout()` does not need them.
 *
 * @module
 */
import { MAX_TIMER } from "../values.ts";

/** Runs `action` after some milliseconds, unless the result is disposed before. */
export type StartTimer = (milliseconds: number, action: () => void) => Disposable;

let start: StartTimer = (milliseconds, action) => {
  const timer = setTimeout(action, milliseconds);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
};

/**
 * Runs `action` after some milliseconds, at most {@linkcode MAX_TIMER}, unless the result is disposed
 * before. Uses `setTimeout()`, which tests can fake, until {@linkcode useSystemTimers} is called.
 */
export function startTimer(milliseconds: number, action: () => void): Disposable {
  return start(Math.min(Math.max(milliseconds, 0), MAX_TIMER), action);
}

/** Makes {@linkcode startTimer} use `AbortSignal.timeout()`. The launch of a task calls this. */
export function useSystemTimers(): void {
  start = (milliseconds, action) => {
    const signal = AbortSignal.timeout(milliseconds);
    signal.addEventListener("abort", action, { once: true });
    return { [Symbol.dispose]: () => signal.removeEventListener("abort", action) };
  };
}
