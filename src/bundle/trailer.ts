/**
 * The 64 bytes at the end of an executable bundle, as Airflow's ExecutableCoordinator reads them: the
 * lengths of its regions, and the SHA-256 of the first.
 *
 * The file is `executable · source · metadata · trailer`; the trailer, little-endian, is
 * `u32 source length · u32 metadata length · u32 version 1 · SHA-256 of the executable region ·
 * 12 zero bytes · "AFBNDL01"`.
 *
 * @module
 */

import { type ByteSource, sha256 } from "./byte_source.ts";
import { cannotRead } from "./errors.ts";
import { TaskRuntimeError } from "../error.ts";

/** Length of the trailer in bytes. */
export const TRAILER_BYTES = 64;

const MAGIC = new TextEncoder().encode("AFBNDL01");
const VERSION = 1;
const DIGEST_AT = 12;
const RESERVED_AT = 44;
const MAGIC_AT = 56;
const MAX_REGION_BYTES = 0xffff_ffff;

/** The contents of a trailer. */
export interface Trailer {
  /** Length of the source region in bytes. */
  readonly sourceLength: number;
  /** Length of the metadata region in bytes. */
  readonly metadataLength: number;
  /** SHA-256 of the executable region, 64 lower-case hex digits. */
  readonly sha256: string;
}

/** A trailer with the offsets that follow from it and the file's size. */
export interface TrailerRegions extends Trailer {
  /** The start of the source region. */
  readonly sourceStart: number;
  /** The start of the metadata. */
  readonly metadataStart: number;
  /** The end of the metadata. */
  readonly metadataEnd: number;
}

/**
 * Writes a trailer.
 *
 * @throws {TaskRuntimeError} `INVALID` for a length beyond 32 bits or a digest of another form
 */
export function writeTrailer(trailer: Trailer): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(TRAILER_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [at, length] of [[0, trailer.sourceLength], [4, trailer.metadataLength]] as const) {
    if (!Number.isInteger(length) || length < 0 || length > MAX_REGION_BYTES) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot write bundle trailer: a region of ${length} bytes is not within 32 bits`,
      );
    }
    view.setUint32(at, length, true);
  }
  if (!/^[0-9a-f]{64}$/.test(trailer.sha256)) {
    throw new TaskRuntimeError(
      "INVALID",
      `Cannot write bundle trailer: "${trailer.sha256}" must be a SHA-256 in lower-case hex`,
    );
  }
  view.setUint32(8, VERSION, true);
  bytes.set(Uint8Array.fromHex(trailer.sha256), DIGEST_AT);
  bytes.set(MAGIC, MAGIC_AT);
  return bytes;
}

/** Tells whether the bytes end with the magic of an executable bundle. */
async function hasTrailer(source: ByteSource): Promise<boolean> {
  if (source.size < TRAILER_BYTES) return false;
  const magic = await source.read(source.size - MAGIC.length, source.size);
  return magic.length === MAGIC.length && magic.every((byte, i) => byte === MAGIC[i]);
}

/**
 * Reads and checks the trailer at the end of `source` and the digest of the executable region, as
 * Airflow does before it runs a bundle. `path` is for error messages.
 *
 * @throws {TaskRuntimeError} `INVALID` with the first error
 */
export async function readTrailer(source: ByteSource, path: string): Promise<TrailerRegions> {
  if (!await hasTrailer(source)) throw cannotRead(path, "it has no bundle trailer");
  const metadataEnd = source.size - TRAILER_BYTES;
  const bytes = await source.read(metadataEnd, source.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, TRAILER_BYTES);
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw cannotRead(path, `its trailer has version ${version}, only ${VERSION} is known`);
  }
  if (bytes.subarray(RESERVED_AT, MAGIC_AT).some((byte) => byte !== 0)) {
    throw cannotRead(path, "its trailer has reserved bytes that are not zero");
  }
  const sourceLength = view.getUint32(0, true);
  const metadataLength = view.getUint32(4, true);
  const metadataStart = metadataEnd - metadataLength;
  const sourceStart = metadataStart - sourceLength;
  if (sourceStart < 0) {
    throw cannotRead(path, "its trailer declares regions that are larger than the file");
  }
  if (sourceStart === 0) throw cannotRead(path, "its executable region is empty");
  const stated = bytes.slice(DIGEST_AT, RESERVED_AT).toHex();
  const actual = await sha256(source, 0, sourceStart);
  if (actual !== stated) {
    throw cannotRead(
      path,
      `its executable region has SHA-256 ${actual}, the trailer says ${stated}: ` +
        "was it changed after packing, by strip or codesign?",
    );
  }
  return { sourceLength, metadataLength, sha256: stated, sourceStart, metadataStart, metadataEnd };
}
