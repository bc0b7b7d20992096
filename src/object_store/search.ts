/**
 * What a list is to hold.
 *
 * @module
 */
import { directoryKey, withKey } from "./location.ts";
import type { ListOptions } from "./options.ts";
import type { Location } from "./store.ts";

/** A list to make, of which only a part is wanted. */
export interface Search {
  /** The directory to list. */
  readonly from: Location;
  /** Whether to list the files at any depth. */
  readonly deep: boolean;
  /** Whether a key that was listed is wanted. */
  readonly fits: (key: string) => boolean;
}

/** How to find what is asked for, listing as little as can be. */
export function searchOf(location: Location, { recursive = false, glob }: ListOptions): Search {
  if (glob === undefined) return { from: location, deep: recursive, fits: () => true };
  const [fixed, pattern] = fixedPart(glob);
  const from = fixed === "" ? location : withKey(location, directoryKey(location.key) + fixed);
  const start = directoryKey(from.key).length;
  const expression = globExpression(pattern);
  return {
    from,
    deep: recursive || pattern.includes("/") || pattern.includes("**"),
    fits: (key) => expression.test(key.slice(start)),
  };
}

/** The directories of a pattern that have no star: only what lies there need be listed. */
function fixedPart(glob: string): [fixed: string, pattern: string] {
  const [fixed = ""] = /^(?:[^/*?[]+\/)*/.exec(glob) ?? [];
  return [fixed.replace(/\/$/, ""), glob.slice(fixed.length)];
}

/**
 * A pattern as Python's pathlib has it: `*` and `?` within a part, `**` for any parts or none, `[…]`
 * for one of some characters. Node's own matcher reads environment variables, which a bundle would
 * have to name.
 */
function globExpression(pattern: string): RegExp {
  const source = pattern.replace(
    /(\*\*\/)|(\*\*)|(\*)|(\?)|\[(!?)([^\]]+)\]|[\\^$.|+(){}[\]/]/g,
    (found, anyParts, all, star, one, not, among) => {
      if (anyParts !== undefined) return "(?:[^/]+/)*";
      if (all !== undefined) return ".*";
      if (star !== undefined) return "[^/]*";
      if (one !== undefined) return "[^/]";
      if (among === undefined) return `\\${found}`;
      return `[${not === "!" ? "^/" : ""}${among.replace(/[\\^[]/g, "\\$&")}]`;
    },
  );
  return new RegExp(`^${source}$`, "su");
}
