/**
 * The author's files: their names, and the sources that a bundle shows in Airflow's code view.
 *
 * @module
 */
import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleMetadata } from "./metadata.ts";

/** Returns the absolute `path` relative to `folder`, with slashes; undefined if it lies outside. */
export function pathWithin(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  // Between two drives of Windows, the result is absolute.
  const parts = way.split(sep);
  return isAbsolute(way) || parts[0] === ".." ? undefined : parts.join("/");
}

/** A comment with the path of a file, on a line after an empty one. */
const NAME_LINE = /(?<=^|\n\n)\/\/ (.+)(?=\n)/g;

/**
 * Empties the bundler's comments that name files outside `folder`, to which the names are relative:
 * they reveal the packer's cache and differ between machines. A line of the author's that looks the
 * same stays unless it names an existing file.
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

/** A source to embed. */
export interface SourceText {
  /** Its path, relative to the entry module's folder. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
}

/** The sources to embed, and the metadata that lists them. */
export interface EmbeddedSources {
  readonly metadata: BundleMetadata;
  readonly sources: readonly SourceText[];
}

/**
 * Reads the entry module and the files that define Dags, and removes their URLs from the metadata. For
 * a file outside of the entry's folder, the entry module is shown instead.
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
