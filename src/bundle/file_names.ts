/**
 * The lines by which a bundler says whose code follows, taken out where they tell too much.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathWithin } from "./path_within.ts";

/** A line of its own behind an empty one: a comment with the path of a file. */
const NAME_LINE = /(?<=^|\n\n)\/\/ (.+)(?=\n)/g;

/**
 * Empties the lines that name files outside `folder`, to which the names are relative: they tell
 * where whoever packs keeps a cache, and differ from one machine to the next. All other lines keep
 * their place and what they hold; a line of an author's text that looks the same stays unless it
 * names a file that is there.
 *
 * With `own` false the names of files within the folder go as well.
 */
export function withoutFileNames(code: string, folder: string, own = true): string {
  return code.replace(NAME_LINE, (line, name: string) => {
    const path = resolve(folder, name);
    return (own && pathWithin(folder, path) !== undefined) || !isFile(path) ? line : "";
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
