/**
 * Objects copied, within a store or from one to another.
 *
 * @module
 */
import { directoryKey, nameOf, withKey } from "./location.ts";
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

/** Where a copy goes: a target that ends in a slash, or is a bucket, is what to put it in. */
export function targetOf(from: Location, to: Location): Location {
  const isDirectory = to.key === "" || to.key.endsWith("/");
  return isDirectory ? withKey(to, to.key + nameOf(from.key)) : to;
}

/** Whether two locations are in one store, by one login. */
export function isSameStore(one: Location, other: Location): boolean {
  return one.protocol === other.protocol && one.connId === other.connId;
}

/** Copies an object, or with `recursive` whatever is there. */
export async function copy(
  from: Location,
  to: Location,
  recursive: boolean,
  signal: AbortSignal,
): Promise<void> {
  refuseOverlap(from, to);
  const [source, target] = [await openStore(from), await openStore(to)];
  if (recursive && (await source.stat(from, signal)).isDirectory) {
    const prefix = directoryKey(from.key);
    for await (const { key } of source.list(from, true, signal)) {
      const copied = withKey(to, directoryKey(to.key) + key.slice(prefix.length));
      await copyOne(source, { ...from, key }, target, copied, signal);
    }
  } else await copyOne(source, from, target, to, signal);
}

/** Copies, then deletes; renames where the store can. */
export async function move(
  from: Location,
  to: Location,
  recursive: boolean,
  signal: AbortSignal,
): Promise<void> {
  refuseOverlap(from, to);
  const store = await openStore(from);
  const isDirectory = (await store.stat(from, signal)).isDirectory;
  if (isDirectory && !recursive) throw new StoreFailure("INVALID", "it is a directory");
  if (isSameStore(from, to) && await store.rename(from, to)) return;
  await copy(from, to, recursive, signal);
  await store.remove(from, recursive, signal);
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

/** Writes an object of bytes that are at hand. */
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

/** What is at a location; undefined when nothing is. */
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

/** Onto itself, or into itself, a copy has no end, and a move leaves nothing. */
function refuseOverlap(from: Location, to: Location): void {
  if (!isSameStore(from, to) || from.bucket !== to.bucket) return;
  const [source, target] = [directoryKey(from.key), directoryKey(to.key)];
  if (!target.startsWith(source)) return;
  const reason = source === target ? "that is the same place" : "that lies in it";
  throw new StoreFailure("INVALID", reason);
}
