/**
 * The authors' files that a bundle shows in Airflow's code view.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundleMetadata } from "./metadata.ts";
import { pathWithin } from "./path_within.ts";

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
