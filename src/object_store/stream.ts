/**
 * A store's bytes as the streams that authors hold.
 *
 * @module
 */
import type { Upload } from "./store.ts";

/** Makes the error that the author sees of what went wrong underneath. */
export type Explain = (error: unknown) => Error;

/** The same bytes, with errors explained, and none read before they are asked for. */
export function readableOf(
  source: ReadableStream<Uint8Array<ArrayBuffer>>,
  explain: Explain,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = source.getReader();
  return new ReadableStream({
    async pull(controller): Promise<void> {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        throw explain(error);
      }
    },
    async cancel(reason): Promise<void> {
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/**
 * A stream into an upload, which is ended by `close()`, by `abort()`, by its first error, or by the
 * signal, and given up in all cases but the first.
 */
export function writableOf(
  upload: Upload,
  signal: AbortSignal,
  explain: Explain,
): WritableStream<Uint8Array> {
  const ended = new AbortController();
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      signal.throwIfAborted();
      await work();
    } catch (error) {
      ended.abort();
      await upload.abort();
      throw explain(error);
    }
  };
  return new WritableStream({
    start(controller): void {
      const giveUp = (): void => {
        controller.error(explain(signal.reason));
        upload.abort();
      };
      signal.addEventListener("abort", giveUp, { once: true, signal: ended.signal });
    },
    write: (chunk) => attempt(() => upload.write(chunk)),
    async close(): Promise<void> {
      await attempt(() => upload.close());
      ended.abort();
    },
    async abort(): Promise<void> {
      ended.abort();
      await upload.abort();
    },
  });
}
