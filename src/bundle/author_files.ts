/**
 * The author's files, of which a bundle shows the sources in Airflow's code view.
 *
 * @module
 */
import { basename, dirname, isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleMetadata } from "./metadata.ts";

/** Returns the absolute `path` relative to `folder`, with slashes; undefined if it lies outside. */
export function pathWithin(folder: string, path: string): string | undefined {
  const way = relative(folder, path);
  // Between two drives of Windows, the result is absolute.
  const parts = way.split(sep);
  return isAbsolute(way) || parts[0] === ".." ? undefined : parts.join("/");
}

/** A file to embed. */
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
