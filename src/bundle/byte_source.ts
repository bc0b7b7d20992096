/**
 * Bytes that are read by range, since a bundle may have 100 MB.
 *
 * @module
 */

import { createHash } from "node:crypto";

const HASH_CHUNK_BYTES = 1 << 20;

/** Bytes of a known length. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** Reads `[start, end)`; the result is shorter only if the bytes end early. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** An open file as a {@linkcode ByteSource}. */
export class FileSource implements ByteSource, Disposable {
  /** Length in bytes at the time of opening. */
  readonly size: number;
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** Opens the file at `path` for reading. */
  static async open(path: string): Promise<FileSource> {
    const file = await Deno.open(path);
    try {
      return new FileSource(file, (await file.stat()).size);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Reads `[start, end)`; the result is shorter only if the file was truncated meanwhile. */
  async read(start: number, end: number): Promise<Uint8Array> {
    await this.#file.seek(start, Deno.SeekMode.Start);
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.size) - start));
    let filled = 0;
    while (filled < bytes.length) {
      const count = await this.#file.read(bytes.subarray(filled));
      if (count === null) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/** Computes the SHA-256 of `[start, end)` as lower-case hex, a MiB at a time. */
export async function sha256(source: ByteSource, start: number, end: number): Promise<string> {
  const hash = createHash("sha256");
  for (let at = start; at < end; at += HASH_CHUNK_BYTES) {
    hash.update(await source.read(at, Math.min(at + HASH_CHUNK_BYTES, end)));
  }
  return hash.digest("hex");
}
