/**
 * A wait that a signal can end.
 *
 * @module
 */
import { MAX_TIMER } from "../values.ts";

/**
 * Waits so many seconds, 24 days at the most; rejects with the signal's reason as soon as it is
 * aborted.
 */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.min(seconds * 1000, MAX_TIMER));
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
