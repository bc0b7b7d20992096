/**
 * Which files belong to an author's folder.
 *
 * @module
 */
import { isAbsolute, relative, sep } from "node:path";

/** The absolute `path` relative to `folder`, with slashes; undefined when it lies outside. */
export function pathWithin(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  // Absolute where Windows has no way, from one drive to the next.
  const parts = way.split(sep);
  return isAbsolute(way) || parts[0] === ".." ? undefined : parts.join("/");
}
