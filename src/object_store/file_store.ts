/**
 * The local file system as a store.
 *
 * @module
 */
import { dirname } from "node:path";
import { directoryKey } from "./location.ts";
import type { ByteRange, Listed, Location, ObjectStat, Store, Upload } from "./store.ts";
import { StoreFailure } from "./store.ts";

/** The store of local files. A file becomes visible when its upload is complete. */
export class FileStore implements Store {
  async stat(location: Location): Promise<ObjectStat> {
    return statOf(await Deno.stat(pathOf(location)));
  }

  async read(
    location: Location,
    { offset, length }: ByteRange,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const file = await Deno.open(pathOf(location));
    try {
      if ((await file.stat()).isDirectory) throw new StoreFailure("INVALID", "it is a directory");
      if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
    } catch (error) {
      file.close();
      throw error;
    }
    return length === undefined ? file.readable : file.readable.pipeThrough(firstBytes(length));
  }

  async upload(location: Location): Promise<Upload> {
    const path = pathOf(location);
    await makeFolder(dirname(path));
    const part = `${dirname(path)}/.${crypto.randomUUID()}.part`;
    const file = await Deno.open(part, { write: true, createNew: true });
    return new FileUpload(file, part, path);
  }

  async *list(location: Location, recursive: boolean, signal: AbortSignal): AsyncIterable<Listed> {
    const prefix = directoryKey(location.key);
    for await (const { name, isDirectory } of Deno.readDir(pathOf(location))) {
      signal.throwIfAborted();
      const key = prefix + name;
      // A symbolic link to a directory is not followed, because it may form a cycle.
      if (recursive && isDirectory) yield* this.list({ ...location, key }, true, signal);
      else {
        const found = await statIfThere(`/${key}`);
        if (found !== undefined && !(recursive && found.isDirectory)) yield { key, ...found };
      }
    }
  }

  async remove(location: Location, recursive: boolean): Promise<void> {
    await Deno.remove(pathOf(location), { recursive }).catch((error: unknown) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  copy(): Promise<boolean> {
    return Promise.resolve(false); // Deno.copyFile() would show a partial file
  }

  async rename(from: Location, to: Location): Promise<boolean> {
    const [source, target] = [pathOf(from), pathOf(to)];
    await Deno.stat(source); // fails before a directory is created
    await makeFolder(dirname(target));
    try {
      await Deno.rename(source, target);
      return true;
    } catch (error) {
      if (Error.isError(error) && Reflect.get(error, "code") === "EXDEV") return false;
      throw error;
    }
  }

  async makeDirectory(location: Location): Promise<void> {
    await Deno.mkdir(pathOf(location), { recursive: true });
  }
}

/** Writes a temporary file in the same directory and renames it at the end. */
class FileUpload implements Upload {
  readonly #file: Deno.FsFile;
  readonly #part: string;
  readonly #path: string;
  #open = true;

  constructor(file: Deno.FsFile, part: string, path: string) {
    this.#file = file;
    this.#part = part;
    this.#path = path;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }

  async close(): Promise<void> {
    this.#close();
    await Deno.rename(this.#part, this.#path);
  }

  async abort(): Promise<void> {
    this.#close();
    await Deno.remove(this.#part).catch(() => {});
  }

  #close(): void {
    if (this.#open) this.#file.close();
    this.#open = false;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new StoreFailure("INVALID", "a parent of the path is not a directory", { cause: error });
  }
}

function pathOf({ key }: Location): string {
  return `/${key}`;
}

function statOf({ isFile, isDirectory, size, mtime }: Deno.FileInfo): ObjectStat {
  return {
    isFile,
    isDirectory,
    size: isDirectory ? null : size,
    modified: mtime === null ? null : Temporal.Instant.fromEpochMilliseconds(mtime.getTime()),
    etag: null,
  };
}

/** Returns undefined if the entry was deleted meanwhile, or is a dangling link. */
async function statIfThere(path: string): Promise<ObjectStat | undefined> {
  try {
    return statOf(await Deno.stat(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Returns a transform that ends the stream after `count` bytes. */
function firstBytes(
  count: number,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = count;
  return new TransformStream({
    start(controller): void {
      if (left === 0) controller.terminate();
    },
    transform(chunk, controller): void {
      const part = chunk.subarray(0, left);
      left -= part.length;
      controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}
