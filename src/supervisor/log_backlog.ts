/**
 * Log lines that the supervisor has not taken yet.
 *
 * Its reader is slower than a task that logs in a loop, and stands still while it waits for its API
 * server; what authors call to log can neither wait nor fail. So lines gather here: a bounded part
 * in memory, the rest in a file.
 *
 * @module
 */

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
}

/** A queue of lines: in as text, out as chunks of bytes, in order. */
export class LogBacklog implements Disposable {
  readonly #memoryLength: number;
  readonly #encoder = new TextEncoder();
  /** The latest lines, which do not fill a write yet. */
  #text = "";
  /** Those before, as bytes: a hundred thousand texts would keep the garbage collector busy. */
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #chunkBytes = 0;
  /** Older than the lines in memory, where there is one. */
  #file: Deno.FsFile | undefined;
  #fileStart = 0;
  #fileEnd = 0;
  #dropped = 0;

  /** Makes an empty one. */
  constructor(options: LogBacklogOptions = {}) {
    this.#memoryLength = options.memoryLength ?? MEMORY_LENGTH;
  }

  /** Takes a line. Never throws: where there is no room at all, the line is dropped and counted. */
  push(line: string): void {
    const length = this.#chunkBytes + this.#text.length + line.length;
    if (length > this.#memoryLength && !this.#spill() && length > STRAITENED * this.#memoryLength) {
      this.#dropped++;
      return;
    }
    this.#text += line;
    if (this.#text.length >= CHUNK_LENGTH) this.#seal();
  }

  /** How many lines were dropped since it was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** The oldest lines, a write full; undefined when none wait. */
  take(): Uint8Array | undefined {
    if (this.#file !== undefined) return this.#read(this.#file);
    if (this.#chunks.length === 0) this.#seal();
    const chunk = this.#chunks.shift();
    this.#chunkBytes -= chunk?.length ?? 0;
    return chunk;
  }

  #seal(): void {
    if (this.#text === "") return;
    const chunk = this.#encoder.encode(this.#text);
    this.#text = "";
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
  }

  /** Moves the lines in memory to the file; false when it does not take them. */
  #spill(): boolean {
    this.#seal();
    try {
      this.#file ??= unnamedFile();
      this.#file.seekSync(this.#fileEnd, Deno.SeekMode.Start);
      let end = this.#fileEnd;
      for (const chunk of this.#chunks) {
        for (let at = 0; at < chunk.length;) at += this.#file.writeSync(chunk.subarray(at));
        end += chunk.length;
      }
      // Not before all is written: what a full disk took of it is written over.
      this.#fileEnd = end;
      this.#chunks = [];
      this.#chunkBytes = 0;
      return true;
    } catch {
      if (this.#fileEnd === 0) this.#closeFile();
      return false;
    }
  }

  #read(file: Deno.FsFile): Uint8Array | undefined {
    const buffer = new Uint8Array(Math.min(CHUNK_LENGTH, this.#fileEnd - this.#fileStart));
    file.seekSync(this.#fileStart, Deno.SeekMode.Start);
    const length = file.readSync(buffer) ?? 0;
    this.#fileStart += length;
    // Nothing read although something was written: the file is lost, and with it those lines.
    if (this.#fileStart >= this.#fileEnd || length === 0) this.#closeFile();
    return length > 0 ? buffer.subarray(0, length) : this.take();
  }

  #closeFile(): void {
    this.#file?.close();
    this.#file = undefined;
    this.#fileStart = 0;
    this.#fileEnd = 0;
  }

  /** Lets go of all lines. */
  [Symbol.dispose](): void {
    this.#closeFile();
    this.#text = "";
    this.#chunks = [];
    this.#chunkBytes = 0;
  }
}

/** A file that nobody else can open, and that is gone with us however we end. */
function unnamedFile(): Deno.FsFile {
  const path = Deno.makeTempFileSync({ prefix: "airflow-task-log-" });
  try {
    return Deno.openSync(path, { read: true, write: true });
  } finally {
    Deno.removeSync(path);
  }
}
