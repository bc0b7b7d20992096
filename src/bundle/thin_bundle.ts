/**
 * The thin bundle: one executable file of some hundred kB that Airflow's ExecutableCoordinator starts,
 * and that the runtime binary or `deno` on the worker imports as a module.
 *
 * In file order: `#!` and start line ({@linkcode startLines}), the code, `//` with padding, the
 * metadata, Airflow's trailer. The last three are one JavaScript comment, since no byte of them ends a
 * line. Sources precede the metadata in a block comment.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type BundleMetadata, type SourceMetadata, writeMetadata } from "./metadata.ts";
import { moduleCode } from "./module_code.ts";
import type { SourceText } from "./author_files.ts";
import { startLines } from "./start_line.ts";
import { writeTrailer } from "./trailer.ts";

/** The parts of a thin bundle. */
export interface ThinBundleParts {
  /** The author's module with all its imports, as one ES module of JavaScript. */
  readonly code: string;
  /** Its metadata. */
  readonly metadata: BundleMetadata;
  /** A path of the runtime binary on workers, tried after the bundle's own folder. */
  readonly runtime?: string;
  /** The sources to show in Airflow's code view; none by default. */
  readonly sources?: readonly SourceText[];
}

/**
 * Assembles a thin bundle; the same parts result in the same bytes.
 *
 * @throws {TaskRuntimeError} `INVALID` for metadata that Airflow would refuse
 */
export function assembleThinBundle(parts: ThinBundleParts): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const { runtime, metadata: { permissions } } = parts;
  const head = startLines({ runtime, permissions });
  const code = moduleCode(parts.code, head.split("\n").length - 1);
  const region = sourceRegion(parts.sources ?? []);
  const metadata = padToLength(
    encoder.encode(
      writeMetadata(
        region.index.length === 0 ? parts.metadata : { ...parts.metadata, sources: region.index },
      ),
    ),
  );
  const front = `${head}${code}`;
  for (let spaces = 0;; spaces++) {
    // Spaces change the digest; they precede the comment of the sources.
    const executable = encoder.encode(`${front}${region.opening(" ".repeat(spaces))}`);
    const trailer = writeTrailer({
      sourceLength: region.bytes.length,
      metadataLength: metadata.length,
      sha256: createHash("sha256").update(executable).digest("hex"),
    });
    // About three digests in four contain no line terminator, so this ends after a few rounds.
    if (!endsLine(trailer)) return concat([executable, region.bytes, metadata, trailer]);
  }
}

interface SourceRegion {
  readonly bytes: Uint8Array;
  readonly index: readonly SourceMetadata[];
  /** Returns the end of the executable region before it. */
  opening(spaces: string): string;
}

/**
 * Writes the sources as one block comment, which ends in the region. A star and a slash in a source
 * would end it early, so an invisible character separates them.
 */
function sourceRegion(sources: readonly SourceText[]): SourceRegion {
  const encoder = new TextEncoder();
  if (sources.length === 0) {
    return { bytes: new Uint8Array(0), index: [], opening: (spaces) => `//${spaces}` };
  }
  const index: SourceMetadata[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const { path, text } of sources) {
    const bytes = encoder.encode(text.replaceAll("*/", "*\u2060/"));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    index.push({ path, offset, length: bytes.length, sha256 });
    parts.push(bytes);
    offset += bytes.length;
  }
  parts.push(encoder.encode("\n*/\n//"));
  const bytes = padToLength(concat(parts));
  return { bytes, index, opening: (spaces) => `${spaces}/*` };
}

/** Appends spaces, which JSON, YAML and comments ignore, until no byte of the length ends a line. */
function padToLength(bytes: Uint8Array): Uint8Array {
  const length = new DataView(new ArrayBuffer(4));
  let size = bytes.length;
  for (;; size++) {
    length.setUint32(0, size, true);
    if (!endsLine(new Uint8Array(length.buffer))) break;
  }
  const padded = new Uint8Array(size).fill(0x20);
  padded.set(bytes);
  return padded;
}

/** Tells whether the bytes contain a line terminator of JavaScript: LF, CR, U+2028 or U+2029. */
function endsLine(bytes: Uint8Array): boolean {
  return bytes.some((byte, i) =>
    byte === 0x0a || byte === 0x0d ||
    (byte === 0xe2 && bytes[i + 1] === 0x80 && (bytes[i + 2] === 0xa8 || bytes[i + 2] === 0xa9))
  );
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
