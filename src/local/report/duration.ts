/**
 * Durations, moments and counts as the page writes them.
 *
 * @module
 */

/**
 * Milliseconds in the unit that reads best.
 *
 * @example
 * ```ts
 * import { durationText } from "./duration.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.0123, 4.56, 789, 1234, 65_000].map(durationText), [
 *   "12 µs",
 *   "4.6 ms",
 *   "789 ms",
 *   "1.23 s",
 *   "1 min 5 s",
 * ]);
 * ```
 */
export function durationText(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1000)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor(ms / 1000) % 60} s`;
}

/** Where a moment lies in a span, as a percentage for an SVG attribute. */
export function share(moment: number, { from, to }: { from: number; to: number }): string {
  const part = Math.min(1, Math.max(0, (moment - from) / (to - from)));
  return `${Number((part * 100).toFixed(4))}%`;
}

/** A number with its noun. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
