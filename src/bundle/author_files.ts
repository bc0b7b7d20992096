/**
 * The author's files: their names, and the sources that a bundle shows in Airflow's code view.
 *
 * @module
 */
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleMetadata } from "./metadata.ts";

/** The absolute `path` relative to `folder`, with slashes; undefined when it lies outside. */
export function pathWithin(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  // Absolute where Windows has no way, from one drive to the next.
  const parts = way.split(sep);
  return isAbsolute(way) || parts[0] === ".." ? undefined : parts.join("/");
}

/** A line of its own behind an empty one: a comment with the path of a file. */
const NAME_LINE = /(?<=^|\n\n)\/\/ (.+)(?=\n)/g;

/**
 * Empties the lines that name files outside `folder`, to which the names are relative: they tell
 * where whoever packs keeps a cache, and differ from one machine to the next. All other lines keep
 * their place and what they hold; a line of an author's text that looks the same stays unless it
 * names a file that is there.
 */
export function withoutFileNames(code: string, folder: string): string {
  return code.replace(NAME_LINE, (line, name: string) => {
    const path = resolve(folder, name);
    return pathWithin(folder, path) !== undefined || !isFile(path) ? line : "";
  });
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A file to embed. */
export interface SourceText {
  /** Its path, relative to the entry module's folder. */
  readonly path: string;
  /** What it says. */
  readonly text: string;
}

/** The files to embed, and the metadata that names them. */
export interface EmbeddedSources {
  readonly metadata: BundleMetadata;
  readonly sources: readonly SourceText[];
}

/**
 * Reads the entry module and the files in which Dags are defined; the report's URLs of them do not
 * go on into the bundle. A file outside of the entry's folder is not shown: the entry is, instead.
 */
export async function readSources(entry: string, report: BundleMetadata): Promise<EmbeddedSources> {
  const { dagFiles = {}, ...metadata } = report;
  const entrypointPath = basename(entry);
  const paths = Object.entries(dagFiles).map(([dagId, url]): [string, string] => [
    dagId,
    pathOf(dirname(entry), url) ?? entrypointPath,
  ]);
  const sources = await Promise.all(
    [...new Set([entrypointPath, ...paths.map(([, path]) => path)])].map(async (path) => ({
      path,
      text: await Deno.readTextFile(`${dirname(entry)}/${path}`),
    })),
  );
  return {
    metadata: {
      ...metadata,
      entrypointPath,
      ...(paths.length === 0 ? {} : { dagSourcePaths: Object.fromEntries(paths) }),
    },
    sources,
  };
}

function pathOf(folder: string, url: string): string | undefined {
  return url.startsWith("file:") ? pathWithin(folder, fileURLToPath(url)) : undefined;
}
