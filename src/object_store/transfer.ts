/**
 * Streams and copies of objects.
 *
 * @module
 */
import { directoryKey, lastPart, withKey } from "./location.ts";
import { openStore } from "./open_store.ts";
import {
  type ByteRange,
  type Location,
  type ObjectStat,
  type Store,
  StoreFailure,
  type Upload,
} from "./store.ts";

const WHOLE: ByteRange = { offset: 0, length: undefined };

/** Returns the location of a copy, which is inside `to` if that is a bucket or ends in a slash. */
export function targetOf(from: Location, to: Location): Location {
  const isDirectory = to.key === "" || to.key.endsWith("/");
  return isDirectory ? withKey(to, to.key + lastPart(from.key)) : to;
}

/** Returns true if both locations have the same protocol and connection. */
export function isSameStore(one: Location, other: Location): boolean {
  return one.protocol === other.protocol && one.connId === other.connId;
}

/** Copies an object, or with `recursive` an object or a directory. */
export async function copy(
  from: Location,
  to: Location,
  recursive: boolean,
  signal: AbortSignal,
): Promise<void> {
  const source = await openStore(from);
  const isTree = recursive && (await source.stat(from, signal)).isDirectory;
  await refuseOverlap(source, from, to, isTree, signal);
  const target = await openStore(to);
  if (!isTree) return await copyOne(source, from, target, to, signal);
  const prefix = directoryKey(from.key);
  for await (const { key } of source.list(from, true, signal)) {
    const copied = withKey(to, directoryKey(to.key) + key.slice(prefix.length));
    await copyOne(source, { ...from, key }, target, copied, signal);
  }
}

/** Renames if the store can; else copies, then deletes. */
export async function move(
  from: Location,
  to: Location,
  recursive: boolean,
  signal: AbortSignal,
): Promise<void> {
  const store = await openStore(from);
  const isDirectory = (await store.stat(from, signal)).isDirectory;
  if (isDirectory && !recursive) throw new StoreFailure("INVALID", "it is a directory");
  await refuseOverlap(store, from, to, isDirectory, signal);
  if (isSameStore(from, to) && await store.rename(from, to)) return;
  await copy(from, to, recursive, signal);
  // A key may be both an object and a prefix of others, which stay.
  await store.remove(from, isDirectory, signal);
}

async function copyOne(
  source: Store,
  from: Location,
  target: Store,
  to: Location,
  signal: AbortSignal,
): Promise<void> {
  if (isSameStore(from, to) && await source.copy(from, to, signal)) return;
  const bytes = await source.read(from, WHOLE, signal);
  try {
    await writeAll(await target.upload(to, signal), bytes.values({ preventCancel: true }), signal);
  } finally {
    await bytes.cancel().catch(() => {});
  }
}

/** Writes an object. */
export async function writeWhole(
  store: Store,
  location: Location,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  await writeAll(await store.upload(location, signal), [bytes], signal);
}

async function writeAll(
  upload: Upload,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      await upload.write(chunk);
    }
    signal.throwIfAborted();
    await upload.close();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

/** Returns the properties of an object; undefined if it does not exist. */
export async function statIfThere(
  store: Store,
  location: Location,
  signal: AbortSignal,
): Promise<ObjectStat | undefined> {
  try {
    return await store.stat(location, signal);
  } catch (error) {
    const absent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory ||
      error instanceof StoreFailure && error.code === "NOT_FOUND";
    if (absent) return undefined;
    throw error;
  }
}

/**
 * Refuses a copy of an object to itself and of a directory into itself. In S3 the keys `a` and `a/b`
 * are unrelated objects; in a file system a file cannot contain another one.
 */
async function refuseOverlap(
  store: Store,
  from: Location,
  to: Location,
  isTree: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!isSameStore(from, to) || from.bucket !== to.bucket) return;
  if (from.key === to.key) throw new StoreFailure("INVALID", "source and target are the same");
  const isInside = directoryKey(to.key).startsWith(directoryKey(from.key));
  if (!isInside || (!isTree && from.protocol === "s3")) return;
  throw new StoreFailure(
    "INVALID",
    isTree || (await store.stat(from, signal)).isDirectory
      ? "the target is inside the source"
      : "the source is a file, which cannot contain the target",
  );
}

/** Returns the error that the author sees for an error of the store. */
export type Explain = (error: unknown) => Error;

/** Returns a stream that reads `source` on demand and explains its errors. */
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
 * Returns a stream that writes to an upload. `close()` completes the upload; `abort()`, an error or
 * the signal discards it.
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
      const discard = (): void => {
        controller.error(explain(signal.reason));
        upload.abort();
      };
      signal.addEventListener("abort", discard, { once: true, signal: ended.signal });
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
