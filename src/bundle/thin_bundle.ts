/**
 * The thin bundle: one executable file of some tens of kB that Airflow's ExecutableCoordinator
 * starts, and that the runtime binary on the worker imports as a module.
 *
 * In file order: `#!` and start line ({@linkcode startLines}), the code, `//` with padding, the
 * metadata, Airflow's trailer. The last three are one JavaScript comment, and stay one because no
 * byte of them ends a line.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { type BundleMetadata, writeMetadata } from "./metadata.ts";
import { moduleCode } from "./module_code.ts";
import { startLines } from "./start_line.ts";
import { writeTrailer } from "./trailer.ts";

/** What a thin bundle is made of. */
export interface ThinBundleParts {
  /** The author's module and all that it imports, as one ES module of JavaScript. */
  readonly code: string;
  /** What the bundle says of itself. */
  readonly metadata: BundleMetadata;
  /** A path where workers have the runtime binary, tried after the bundle's own folder. */
  readonly runtime?: string;
}

/**
 * Assembles a thin bundle; the same parts give the same bytes.
 *
 * @throws {TaskRuntimeError} `INVALID` for metadata that Airflow would refuse.
 */
export function assembleThinBundle(parts: ThinBundleParts): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = startLines(parts.runtime);
  const code = moduleCode(parts.code, head.split("\n").length - 1);
  const executable = encoder.encode(`${head}${code}//`);
  const metadata = padMetadata(encoder.encode(writeMetadata(parts.metadata)));

  const hash = createHash("sha256").update(executable);
  for (let spaces = 0;; spaces++) {
    const padding = " ".repeat(spaces);
    const trailer = writeTrailer({
      sourceLength: 0,
      metadataLength: metadata.length,
      sha256: hash.copy().update(padding).digest("hex"),
    });
    // About three digests in four hold no line terminator, so this ends after a few rounds.
    if (!endsLine(trailer)) {
      return concat([executable, encoder.encode(padding), metadata, trailer]);
    }
  }
}

/** Appends spaces, which JSON and YAML ignore, until the length's own four bytes end no line. */
function padMetadata(metadata: Uint8Array): Uint8Array {
  const length = new DataView(new ArrayBuffer(4));
  let size = metadata.length;
  for (;; size++) {
    length.setUint32(0, size, true);
    if (!endsLine(new Uint8Array(length.buffer))) break;
  }
  const padded = new Uint8Array(size).fill(0x20);
  padded.set(metadata);
  return padded;
}

/** Tells whether JavaScript ends a comment here: LF, CR, or U+2028 and U+2029 in UTF-8. */
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
