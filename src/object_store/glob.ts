/**
 * Patterns for the keys of a list.
 *
 * @module
 */
import { directoryKey, withKey } from "./location.ts";
import type { Location } from "./store.ts";

/** A list of a directory, with a filter. */
export interface Search {
  /** The directory to list. */
  readonly from: Location;
  /** True to list the files at any depth. */
  readonly deep: boolean;
  /** Returns true if a listed key matches. */
  readonly fits: (key: string) => boolean;
}

/** Returns the smallest list that contains all matches. */
export function searchOf(
  location: Location,
  { recursive = false, glob }: { readonly recursive?: boolean; readonly glob?: string },
): Search {
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

/** Splits a pattern into its first directories without wildcards and the rest. */
function fixedPart(glob: string): [fixed: string, pattern: string] {
  const [fixed = ""] = /^(?:[^/*?[]+\/)*/.exec(glob) ?? [];
  return [fixed.replace(/\/$/, ""), glob.slice(fixed.length)];
}

/**
 * Returns the regular expression of a pattern in the syntax of Python's pathlib: `*` and `?` match
 * within a part, `**` matches any number of parts, `[…]` matches one of some characters. Node's own
 * matcher reads environment variables, which would need a permission.
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
