/**
 * Log lines that the supervisor has not read yet.
 *
 * The supervisor reads more slowly than a task can log, and not at all while it waits for its API
 * server. Logging can neither wait nor fail, so lines wait here: a bounded part in memory, the rest
 * in a file.
 *
 * @module
 */
import { createOverflowFile } from "./overflow_file.ts";

/** Bytes kept in memory before lines move to a file: some 150,000 common lines. */
const MEMORY_BYTES = 24 * 1024 * 1024;
/** The limit in memory when no file can be written, as a multiple of `memoryBytes`. */
const WITHOUT_FILE = 4;
/** UTF-16 units of lines that are encoded together, and written to the socket in one write. */
const BATCH_LENGTH = 64 * 1024;
/** Bytes read from the file at a time. */
const READ_BYTES = 256 * 1024;

const textEncoder = new TextEncoder();

/** Options for {@linkcode LogBacklog}. */
export interface LogBacklogOptions {
  /** Bytes kept in memory before lines move to a file; 24 MiB by default. */
  memoryBytes?: number | undefined;
  /** An empty file for lines that memory does not hold; by default one is created when needed. */
  overflow?: Deno.FsFile | undefined;
}

/** A queue that takes lines and returns them in order, as chunks of bytes. */
export class LogBacklog implements Disposable {
  readonly #memoryBytes: number;
  /** The lines in memory, which are newer than those in the file; the newest are still text. */
  #batches: Uint8Array[] = [];
  #text = "";
  /** The memory that they take. */
  #bytes = 0;
  #file: Deno.FsFile | undefined;
  /** The part of the file that has not been taken. */
  #fileStart = 0;
  #fileEnd = 0;
  /** The bytes in memory beyond which lines move to the file; doubled each time that this fails. */
  #spillBytes: number;

  /** Creates an empty backlog. */
  constructor(options: LogBacklogOptions = {}) {
    this.#memoryBytes = options.memoryBytes ?? MEMORY_BYTES;
    this.#spillBytes = this.#memoryBytes;
    this.#file = options.overflow;
  }

  /** Adds a line, newline included. Never throws; returns false, without the line, if it is full. */
  push(line: string): boolean {
    const bytes = this.#bytes + line.length;
    if (bytes > this.#spillBytes) {
      this.#spillBytes = this.#spill() ? this.#memoryBytes : 2 * bytes;
    }
    if (this.#bytes > 0 && bytes > WITHOUT_FILE * this.#memoryBytes) return false;
    this.#bytes += line.length;
    this.#text += line;
    if (this.#text.length >= BATCH_LENGTH) this.#closeBatch();
    return true;
  }

  #closeBatch(): void {
    if (this.#text === "") return;
    const batch = textEncoder.encode(this.#text);
    // Until now the text counted as ASCII.
    this.#bytes += batch.length - this.#text.length;
    this.#batches.push(batch);
    this.#text = "";
  }

  /** Removes the oldest lines and returns their bytes; undefined when no line waits. */
  take(): Uint8Array | undefined {
    if (this.#file !== undefined && this.#fileEnd > 0) return this.#read(this.#file);
    if (this.#batches.length === 0) this.#closeBatch();
    const batch = this.#batches.shift();
    if (batch === undefined) return undefined;
    this.#bytes -= batch.length;
    this.#spillBytes = this.#memoryBytes;
    return batch;
  }

  /** Moves the lines in memory to the file; returns false when the file does not take them. */
  #spill(): boolean {
    const file = this.#file ??= createOverflowFile();
    if (file === undefined) return false;
    this.#closeBatch();
    try {
      file.seekSync(this.#fileEnd, Deno.SeekMode.Start);
      let end = this.#fileEnd;
      for (const batch of this.#batches) {
        for (let at = 0; at < batch.length;) at += file.writeSync(batch.subarray(at));
        end += batch.length;
      }
      // Only now: when the disk is full, the lines stay in memory and are written again later.
      this.#fileEnd = end;
      this.#batches = [];
      this.#bytes = 0;
      return true;
    } catch {
      truncate(file, this.#fileEnd);
      return false;
    }
  }

  #read(file: Deno.FsFile): Uint8Array | undefined {
    const buffer = new Uint8Array(Math.min(READ_BYTES, this.#fileEnd - this.#fileStart));
    file.seekSync(this.#fileStart, Deno.SeekMode.Start);
    const length = file.readSync(buffer) ?? 0;
    this.#fileStart += length;
    // A file that ends early has lost its lines, and no later read brings them back.
    if (this.#fileStart >= this.#fileEnd || length === 0) this.#emptyFile(file);
    return length > 0 ? buffer.subarray(0, length) : this.take();
  }

  /** Returns the disk space. The file stays open: the process may not be allowed another one. */
  #emptyFile(file: Deno.FsFile): void {
    this.#fileStart = 0;
    this.#fileEnd = 0;
    truncate(file, 0);
  }

  /** Drops all lines and closes the file. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#fileStart = 0;
    this.#fileEnd = 0;
    this.#batches = [];
    this.#text = "";
    this.#bytes = 0;
  }
}

/** Truncates the file if possible; later lines overwrite what stays in it. */
function truncate(file: Deno.FsFile, length: number): void {
  try {
    file.truncateSync(length);
  } catch {
    // Logging must not throw.
  }
}
