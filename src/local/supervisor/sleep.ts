/**
 * Waits that a signal can end.
 *
 * @module
 */

import { MAX_TIMER } from "../../values.ts";

/**
 * Waits `seconds`, or until `signal` aborts; resolves in both cases. A wait longer than the longest
 * timer takes several timers.
 */
export async function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  let left = seconds * 1000;
  while (left > 0 && !signal?.aborted) {
    const milliseconds = Math.min(left, MAX_TIMER);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener("abort", done);
    });
    left -= milliseconds;
  }
}
