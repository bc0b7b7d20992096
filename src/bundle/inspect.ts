/**
 * Describes a bundle file, verified the way Airflow verifies it.
 *
 * @module
 */

import { type ByteSource, FileSource } from "./byte_source.ts";
import { cannotOpen, cannotRead } from "./errors.ts";
import { type BundleMetadata, readMetadata } from "./metadata.ts";
import { NODE_BUNDLE_SUFFIX, readNodeLayout } from "./node_bundle.ts";
import { isThin } from "./start_line.ts";
import { readTrailer } from "./trailer.ts";

/** The forms of a bundle; see `PackOptions.form`. */
export type BundleForm = "thin" | "node" | "self-contained";

/** A bundle as {@linkcode inspectBundle} describes it, in values that JSON can express. */
export interface BundleDescription extends BundleMetadata {
  /** The given path. */
  readonly path: string;
  /** Its form. */
  readonly form: BundleForm;
  /** Size of the file in bytes. */
  readonly size: number;
  /** Size in bytes of the executable region: the code, with the start line or the binary. */
  readonly executableSize: number;
  /** Size of the embedded sources in bytes. */
  readonly sourceSize: number;
  /** Size of the metadata in bytes. */
  readonly metadataSize: number;
  /** SHA-256 of the executable region, 64 lower-case hex digits. */
  readonly sha256: string;
  /** True if the file has an executable bit, which Airflow 3.3 requires of every form but `node`. */
  readonly executable: boolean;
}

/**
 * Describes the bundle at `path` after verifying its digests.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` for a file that cannot be opened,
 * `INVALID` with the first error in the bundle
 */
export async function inspectBundle(path: string): Promise<BundleDescription> {
  const info = await stat(path);
  if (!info.isFile) throw cannotRead(path, "it is not a file");
  using source = await FileSource.open(path).catch((error) => {
    throw cannotOpen(path, error);
  });
  const executable = ((info.mode ?? 0) & 0o111) !== 0;
  return path.endsWith(NODE_BUNDLE_SUFFIX)
    ? await describeNode(source, path, executable)
    : await describeExecutable(source, path, executable);
}

async function describeNode(
  source: ByteSource,
  path: string,
  executable: boolean,
): Promise<BundleDescription> {
  const { metadata, sources, code } = await readNodeLayout(source, path);
  return {
    path,
    form: "node",
    size: source.size,
    executableSize: code.end - code.start,
    sourceSize: sources.reduce((size, { start, end }) => size + end - start, 0),
    metadataSize: metadata.end - metadata.start,
    sha256: code.sha256,
    executable,
    ...readMetadata(await source.read(metadata.start, metadata.end), path, "task_handlers"),
  };
}

async function describeExecutable(
  source: ByteSource,
  path: string,
  executable: boolean,
): Promise<BundleDescription> {
  const regions = await readTrailer(source, path);
  const start = new TextDecoder().decode(await source.read(0, 32));
  const metadata = await source.read(regions.metadataStart, regions.metadataEnd);
  return {
    path,
    form: isThin(start) ? "thin" : "self-contained",
    size: source.size,
    executableSize: regions.sourceStart,
    sourceSize: regions.sourceLength,
    metadataSize: regions.metadataLength,
    sha256: regions.sha256,
    executable,
    ...readMetadata(metadata, path, "dags"),
  };
}

async function stat(path: string): Promise<Deno.FileInfo> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    throw cannotOpen(path, error);
  }
}
