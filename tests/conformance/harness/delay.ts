/**
 * Waits between two polls.
 *
 * @module
 */

/** Waits for a number of seconds. */
export function delay(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
