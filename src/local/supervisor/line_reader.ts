/**
 * Lines out of a byte stream.
 *
 * @module
 */

/** Bytes of a line beyond which it is cut, so that a stream without newline stays bounded. */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Yields the lines of a stream without their line ends, the last one also when no newline follows.
 * Ends at the end of the stream, also when that is a reset or a cancellation by `signal`. Bytes
 * that are no UTF-8 become U+FFFD, as in Airflow.
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
    // A consumer that stops early leaves bytes behind; nobody else will read them.
    await reader.cancel().catch(() => {});
  }
}

/** A peer that died resets the connection: for the reader that is an end like any other. */
async function readOrEnd(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<{ value?: Uint8Array | undefined; done: boolean }> {
  try {
    return await reader.read();
  } catch {
    return { done: true };
  }
}
