/**
 * Log lines that the supervisor has not taken yet.
 *
 * Its reader is slower than a task that logs in a loop, and stands still while it waits for its API
 * server; what authors call to log can neither wait nor fail. So lines gather here: a bounded part
 * in memory, the rest in a file.
 *
 * @module
 */
import type { FoldedLines } from "./log_burst.ts";
import { LogUnfolder } from "./log_unfolder.ts";
import type { SecretsMask } from "./secrets_mask.ts";
import { unnamedFile } from "./unnamed_file.ts";

/** Kept in memory before lines move to a file, in UTF-16 units: 200,000 common lines. */
const MEMORY_LENGTH = 24 * 1024 * 1024;
/** What keeping a line takes beside its text. */
const LINE_LENGTH = 16;

/** How many times as much stays in memory where no file can take it; what comes then is dropped. */
const STRAITENED = 4;

/** Bytes of the file that are read at once. */
const READ_LENGTH = 256 * 1024;

/** What a {@linkcode LogBacklog} may keep. */
export interface LogBacklogOptions {
  /** UTF-16 units kept in memory before lines move to a file; 24 Mi by default. */
  memoryLength?: number | undefined;
  /** An empty file for what memory does not hold; by default one is made when it is needed. */
  overflow?: Deno.FsFile | undefined;
}

/** A queue of lines: in folded, out as chunks of bytes, in order. */
export class LogBacklog implements Disposable {
  readonly #secrets: SecretsMask;
  /** Made for the first lines: its memory is not a launch's concern. */
  #unfolder: LogUnfolder | undefined;
  readonly #memoryLength: number;
  /** The lines that are being taken; they are older than all others. */
  #taken: Generator<Uint8Array, void, undefined> | undefined;
  #waiting: FoldedLines[] = [];
  /** What those waiting take. */
  #length = 0;
  #file: Deno.FsFile | undefined;
  /** What of the file is still to be taken; it is older than the lines that wait in memory. */
  #fileStart = 0;
  #fileEnd = 0;
  /** The length in memory beyond which the file is tried: more each time that it fails. */
  #spillLength: number;
  #dropped = 0;

  /** Makes an empty one, from whose lines the `secrets` are kept out. */
  constructor(secrets: SecretsMask, options: LogBacklogOptions = {}) {
    this.#secrets = secrets;
    this.#memoryLength = options.memoryLength ?? MEMORY_LENGTH;
    this.#spillLength = this.#memoryLength;
    this.#file = options.overflow;
  }

  /** Takes lines. Never throws: where there is no room at all, they are dropped and counted. */
  push(lines: FoldedLines): void {
    const length = lengthOf(lines);
    if (this.#length + length > this.#spillLength) {
      this.#spillLength = this.#spill() ? this.#memoryLength : 2 * (this.#length + length);
    }
    if (this.#length > 0 && this.#length + length > STRAITENED * this.#memoryLength) {
      this.#dropped += lines.ends.length;
      return;
    }
    this.#waiting.push(lines);
    this.#length += length;
  }

  /** How many lines were dropped since it was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** The oldest lines, a write full, which hold until the next are taken; undefined if none wait. */
  take(): Uint8Array | undefined {
    for (;;) {
      const chunk = this.#taken?.next().value;
      if (chunk !== undefined) return chunk;
      this.#taken = undefined;
      if (this.#file !== undefined && this.#fileEnd > 0) return this.#read(this.#file);
      const lines = this.#waiting.shift();
      if (lines === undefined) return undefined;
      this.#length -= lengthOf(lines);
      this.#spillLength = this.#memoryLength;
      this.#unfolder ??= new LogUnfolder(this.#secrets);
      this.#taken = this.#unfolder.unfold(lines);
    }
  }

  /** Moves the lines in memory to the file; false when it does not take them. */
  #spill(): boolean {
    const file = this.#file ??= unnamedFile();
    if (file === undefined) return false;
    // The other one's memory holds what is being sent.
    const unfolder = new LogUnfolder(this.#secrets);
    try {
      file.seekSync(this.#fileEnd, Deno.SeekMode.Start);
      let end = this.#fileEnd;
      for (const lines of this.#waiting) {
        for (const chunk of unfolder.unfold(lines)) {
          for (let at = 0; at < chunk.length;) at += file.writeSync(chunk.subarray(at));
          end += chunk.length;
        }
      }
      // Not before all is written: what a full disk took of it is written over.
      this.#fileEnd = end;
      this.#waiting = [];
      this.#length = 0;
      return true;
    } catch {
      truncate(file, this.#fileEnd);
      return false;
    }
  }

  #read(file: Deno.FsFile): Uint8Array | undefined {
    const buffer = new Uint8Array(Math.min(READ_LENGTH, this.#fileEnd - this.#fileStart));
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
    truncate(file, 0);
  }

  /** Lets go of all lines. */
  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    this.#fileStart = 0;
    this.#fileEnd = 0;
    this.#taken = undefined;
    this.#waiting = [];
    this.#length = 0;
  }
}

/** Gives disk space back if that is possible: what is left behind is overwritten by later lines. */
function truncate(file: Deno.FsFile, length: number): void {
  try {
    file.truncateSync(length);
  } catch {
    // Logging must not throw.
  }
}

function lengthOf({ text, ends }: FoldedLines): number {
  return text.length + LINE_LENGTH * ends.length;
}
