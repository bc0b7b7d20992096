/**
 * Counts the lines of a stream as they arrive and keeps the bytes.
 *
 * @module
 */

const NEWLINE = 0x0a;

/** The lines of one stream. */
export class LineCount {
  readonly #awaited: number;
  readonly #chunks: Uint8Array[] = [];
  #count = 0;
  /** The time at which the awaited number of lines had arrived; 0 until then. */
  reachedAt = 0;

  /** `awaited` is the number of lines that stops the clock. */
  constructor(awaited = Infinity) {
    this.#awaited = awaited;
  }

  /** Reads the stream until it closes. */
  async take(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) {
      // A small view would keep the stream's whole buffer, gigabytes for a peer that writes each line.
      this.#chunks.push(chunk.slice());
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
        this.#count++;
      }
      if (this.reachedAt === 0 && this.#count >= this.#awaited) this.reachedAt = performance.now();
    }
  }

  /** Returns all lines. */
  lines(): string[] {
    const decoder = new TextDecoder();
    const text = this.#chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
    return text.split("\n");
  }
}
