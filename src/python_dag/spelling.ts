/**
 * Suggestions for misspelt names.
 *
 * @module
 */

/**
 * Returns the candidate with the fewest letters to insert, remove, replace or swap in `name`;
 * undefined if each candidate needs more than a third of the name's length.
 *
 * @example
 * ```ts
 * import { nearest } from "./spelling.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nearest("extarct", ["extract", "load"]), "extract");
 * assertEquals(nearest("audit", ["extract", "load"]), undefined);
 * ```
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor([...name].length / 3)) + 1;
  for (const candidate of candidates) {
    const steps = distance([...name], [...candidate]);
    if (steps < least) [best, least] = [candidate, steps];
  }
  return best;
}

/** The Damerau-Levenshtein distance; it keeps three rows, because a swap looks back by two. */
function distance(a: readonly string[], b: readonly string[]): number {
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let steps = Math.min(
        (next[j - 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) steps = Math.min(steps, (above[j - 2] ?? 0) + 1);
      next.push(steps);
    }
    [above, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}
