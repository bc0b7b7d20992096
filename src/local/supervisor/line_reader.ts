/**
 * Reads lines from a byte stream.
 *
 * @module
 */

/** The maximum length of a line, which bounds the memory for a stream without newlines. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Yields the lines of a stream without newlines, including an unfinished last line. Ends at the end
 * of the stream, at a reset, or when `signal` aborts. Invalid UTF-8 becomes U+FFFD, as in Airflow.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const reader = stream.getReader();
  const cancel = (): void => void reader.cancel().catch(() => {});
  signal?.addEventListener("abort", cancel, { once: true });
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  try {
    while (true) {
      const { value, done } = await readOrEnd(reader);
      const pieces = decoder.decode(value ?? new Uint8Array(), { stream: !done }).split("\n");
      const last = pieces.pop() ?? "";
      for (const piece of pieces) {
        yield parts.join("") + piece;
        parts = [];
        length = 0;
      }
      parts.push(last);
      length += last.length;
      if (done || length > MAX_LINE) {
        if (length > 0) yield parts.join("");
        parts = [];
        length = 0;
      }
      if (done) return;
    }
  } finally {
    signal?.removeEventListener("abort", cancel);
    // A consumer that stops early leaves unread bytes.
    await reader.cancel().catch(() => {});
  }
}

/** Reads a chunk; a reset of the connection is an end. */
async function readOrEnd(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ value?: Uint8Array | undefined; done: boolean }> {
  try {
    return await reader.read();
  } catch {
    return { done: true };
  }
}
