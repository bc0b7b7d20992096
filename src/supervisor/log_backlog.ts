/**
 * Log lines that the supervisor has not taken yet.
 *
 * Its reader is slower than a task that logs in a loop, and stands still while it waits for its API
 * server; what authors call to log can neither wait nor fail. So lines gather here: a bounded part
 * in memory, the rest in a file.
 *
 * @module
 */
import { unnamedFile } from "./unnamed_file.ts";

/** Bytes kept in memory before lines move to a file: those of 100,000 common lines. */
const MEMORY_LENGTH = 24 * 1024 * 1024;

/** How many times as much stays in memory where no file can take it; what comes then is dropped. */
const STRAITENED = 4;

/** UTF-16 units, or bytes of the file, after which a write is full. */
const CHUNK_LENGTH = 64 * 1024;

/** What a {@linkcode LogBacklog} may keep. */
export interface LogBacklogOptions {
  /** Bytes kept in memory before lines move to a file; 24 MiB by default. */
  memoryLength?: number | undefined;
  /** An empty file for what memory does not hold; by default one is made when it is needed. */
  overflow?: Deno.FsFile | undefined;
}

/** A queue of lines: in as text, out as chunks of bytes, in order. */
export class LogBacklog implements Disposable {
  readonly #memoryLength: number;
  readonly #encoder = new TextEncoder();
  /** The latest lines, which do not fill a write yet. */
  #texts: string[] = [];
  #textLength = 0;
  /** Those before, as bytes: a hundred thousand texts would keep the garbage collector busy. */
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #chunkBytes = 0;
  #file: Deno.FsFile | undefined;
  /** What of the file is still to be taken; it is older than the lines in memory. */
  #fileStart = 0;
  #fileEnd = 0;
  /** Bytes in memory beyond which the file is tried: more each time that it fails. */
  #spillLength: number;
  #dropped = 0;

  /** Makes an empty one. */
  constructor(options: LogBacklogOptions = {}) {
    this.#memoryLength = options.memoryLength ?? MEMORY_LENGTH;
    this.#spillLength = this.#memoryLength;
    this.#file = options.overflow;
  }

  /** Takes lines. Never throws: where there is no room at all, they are dropped and counted. */
  push(lines: string, count = 1): void {
    if (this.#length + lines.length > this.#spillLength) {
      this.#spillLength = this.#spill() ? this.#memoryLength : 2 * (this.#length + lines.length);
    }
    if (this.#length > 0 && this.#length + lines.length > STRAITENED * this.#memoryLength) {
      this.#dropped += count;
      return;
    }
    this.#texts.push(lines);
    this.#textLength += lines.length;
    if (this.#textLength >= CHUNK_LENGTH) this.#seal();
  }

  get #length(): number {
    return this.#chunkBytes + this.#textLength;
  }

  #seal(): void {
    if (this.#textLength === 0) return;
    const chunk = this.#encoder.encode(this.#texts.join(""));
    this.#texts = [];
    this.#textLength = 0;
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
  }

  /** How many lines were dropped since it was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** The oldest lines, a write full; undefined when none wait. */
  take(): Uint8Array | undefined {
    if (this.#file !== undefined && this.#fileEnd > 0) return this.#read(this.#file);
    if (this.#chunks.length === 0) this.#seal();
    const chunk = this.#chunks.shift();
    this.#chunkBytes -= chunk?.length ?? 0;
    this.#spillLength = this.#memoryLength;
    return chunk;
  }

  /** Moves the lines in memory to the file; false when it does not take them. */
  #spill(): boolean {
    this.#seal();
    const file = this.#file ??= unnamedFile();
    if (file === undefined) return false;
    try {
      file.seekSync(this.#fileEnd, Deno.SeekMode.Start);
      let end = this.#fileEnd;
      for (const chunk of this.#chunks) {
        for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
        end += chunk.length;
      }
      // Not before all is written: what a full disk took of it is written over.
      this.#fileEnd = end;
      this.#chunks = [];
      this.#chunkBytes = 0;
      return true;
    } catch {
      file.truncateSync(this.#fileEnd);
      return false;
    }
  }

  #read(file: Deno.FsFile): Uint8Array | undefined {
    const buffer = new Uint8Array(Math.min(CHUNK_LENGTH, this.#fileEnd - this.#fileStart));
    file.seekSync(this.#fileStart, Deno.SeekMode.Start);
    const length = file.readSync(buffer) ?? 0;
    this.#fileStart += length;
    // Nothing read although something was written: the file is lost, and with it those lines.
    if (this.#fileStart >= this.#fileEnd || length === 0) this.#emptyFile(file);
    return length > 0 ? buffer.subarray(0, length) : this.take();
  }

  /** Gives the disk back what has been taken; the file stays, for it may be the only one there is. */
  #emptyFile(file: Deno.FsFile): void {
    this.#fileStart = 0;
    this.#fileEnd = 0;
    file.truncateSync();
  }

  /** Lets go of all lines. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#fileStart = 0;
    this.#fileEnd = 0;
    this.#texts = [];
    this.#textLength = 0;
    this.#chunks = [];
    this.#chunkBytes = 0;
  }
}
