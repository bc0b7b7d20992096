/**
 * Which files belong to an author's folder.
 *
 * @module
 */
import { isAbsolute, relative } from "node:path";

/** The absolute `path` as seen from `folder`; undefined when it is not in it. */
export function pathWithin(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  // Absolute where Windows has no way, from one drive to the next.
  return isAbsolute(way) || way.split(/[/\\]/)[0] === ".." ? undefined : way;
}
