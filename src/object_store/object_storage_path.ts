/**
 * The path of a file or an object, and its operations.
 *
 * @module
 */
import {
  directoryKey,
  lastPart,
  parentKey,
  parseLocation,
  suffixOf,
  uriOf,
  withKey,
} from "./location.ts";
import { searchOf } from "./glob.ts";
import { openStore, taskSignal } from "./open_store.ts";
import {
  type ByteRange,
  type Location,
  type ObjectStat,
  pathError,
  type Protocol,
  type Store,
  StoreFailure,
} from "./store.ts";
import { TaskRuntimeError } from "./task_runtime.ts";
import {
  copy,
  isSameStore,
  move,
  readableOf,
  statIfThere,
  targetOf,
  writableOf,
  writeWhole,
} from "./transfer.ts";

/** Options of the constructor of {@linkcode ObjectStoragePath}. */
export interface ObjectStoragePathOptions {
  /** The id of the connection, which overrides the one in the address. */
  readonly connId?: string;
}

/** Options of every operation. */
export interface ObjectOptions {
  /** Cancels the operation. The signal of the task, `ctx.signal`, always cancels it. */
  readonly signal?: AbortSignal;
}

/** Options of the methods that read. */
export interface ReadOptions extends ObjectOptions {
  /** The index of the first byte; 0 by default. */
  readonly offset?: number;
  /** The number of bytes; up to the end by default. */
  readonly length?: number;
}

/** Options of {@linkcode ObjectStoragePath.list}. */
export interface ListOptions extends ObjectOptions {
  /** Lists only files, at any depth; false by default. */
  readonly recursive?: boolean;
  /**
   * Lists only entries that match, e.g. `"2026-*.csv"`, or `"2026/**\/*.csv"` for any depth. A pattern
   * with a wildcard before its last part lists only files.
   */
  readonly glob?: string;
}

/** Options of {@linkcode ObjectStoragePath.delete}. */
export interface DeleteOptions extends ObjectOptions {
  /** Also deletes the content of a directory; false by default. */
  readonly recursive?: boolean;
}

/** Options of {@linkcode ObjectStoragePath.copy} and {@linkcode ObjectStoragePath.move}. */
export interface CopyOptions extends ObjectOptions {
  /** Also accepts a directory with its content; false by default. */
  readonly recursive?: boolean;
}

/** An entry of a list. */
export interface ObjectEntry extends ObjectStat {
  /** Its path. */
  readonly path: ObjectStoragePath;
}

/**
 * A file or an object: `file:///path`, or `s3://conn_id@bucket/key` with the id of an Airflow
 * connection, as in Python's `ObjectStoragePath`. Without a connection, requests to S3 are anonymous.
 *
 * The key is used as written, without decoding, so every key can be addressed. A path holds no open
 * resources. A write creates the whole object or none, and creates missing directories. Operations
 * reject with a {@linkcode TaskRuntimeError}: `NOT_FOUND`; `PERMISSION_DENIED` by the store or by the
 * permissions of the bundle; `INVALID` for a directory instead of a file; `ABORTED` and `TIMEOUT` by
 * the signal; `CLOSED` if the store cannot be reached; `UNSUPPORTED` for an unsupported way to log
 * in; `API` for other errors.
 *
 * @example
 * ```ts
 * import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";
 * import { assertEquals } from "@std/assert";
 *
 * const orders = new ObjectStoragePath("s3://aws_default@shop/orders/2026.csv");
 * assertEquals([orders.bucket, orders.key, orders.suffix], ["shop", "orders/2026.csv", ".csv"]);
 * assertEquals(String(orders.parent.join("2027.csv")), "s3://aws_default@shop/orders/2027.csv");
 * ```
 */
export class ObjectStoragePath {
  readonly #location: Location;

  /**
   * Parses an address, or copies a path with another connection.
   *
   * @throws {TaskRuntimeError} `INVALID` if the address is not valid
   */
  constructor(path: string | ObjectStoragePath, options: ObjectStoragePathOptions = {}) {
    this.#location = parseLocation(String(path), options.connId);
  }

  /** The kind of the store. */
  get protocol(): Protocol {
    return this.#location.protocol;
  }

  /** The id of the connection; null without one. */
  get connId(): string | null {
    return this.#location.connId;
  }

  /** The bucket; empty for files. */
  get bucket(): string {
    return this.#location.bucket;
  }

  /** The object's key, or a file's path without its first slash. */
  get key(): string {
    return this.#location.key;
  }

  /** The address, as in `String(path)`. */
  get uri(): string {
    return uriOf(this.#location);
  }

  /** The last part, e.g. `"2026.csv"`; empty for a bucket. */
  get name(): string {
    return lastPart(this.key);
  }

  /** The name without its suffix. */
  get stem(): string {
    return this.name.slice(0, this.name.length - this.suffix.length);
  }

  /** The end of the name from its last dot, e.g. `".csv"`; empty without a dot. */
  get suffix(): string {
    return suffixOf(this.name);
  }

  /** The directory that contains it; a bucket or the root directory is its own parent. */
  get parent(): ObjectStoragePath {
    return this.#at(parentKey(this.key));
  }

  /** Returns the path of an entry of this directory: `path.join("2026", "orders.csv")`. */
  join(...parts: readonly string[]): ObjectStoragePath {
    const joined = parts.reduce((key, part) => directoryKey(key) + part, this.key);
    return this.#at(joined);
  }

  /** Returns the path with another name in the same directory. */
  withName(name: string): ObjectStoragePath {
    return this.parent.join(name);
  }

  /** Returns the path with another suffix, e.g. `".json"`. */
  withSuffix(suffix: string): ObjectStoragePath {
    return this.withName(this.stem + suffix);
  }

  /** Returns true if both paths have the same protocol and connection. */
  isSameStore(other: ObjectStoragePath): boolean {
    return isSameStore(this.#location, other.#location);
  }

  /** Returns the address. */
  toString(): string {
    return this.uri;
  }

  /** Returns the address, for JSON. */
  toJSON(): string {
    return this.uri;
  }

  /** Returns the text for `console.log()`. */
  [Symbol.for("Deno.customInspect")](): string {
    return `ObjectStoragePath(${this.uri})`;
  }

  /** Returns true if a file, an object or a directory exists. */
  async exists(options: ObjectOptions = {}): Promise<boolean> {
    return await this.#statIfThere(options) !== undefined;
  }

  /** Returns true if a file or an object exists. */
  async isFile(options: ObjectOptions = {}): Promise<boolean> {
    return (await this.#statIfThere(options))?.isFile ?? false;
  }

  /** Returns true if a directory, a bucket or a key with this prefix exists. */
  async isDirectory(options: ObjectOptions = {}): Promise<boolean> {
    return (await this.#statIfThere(options))?.isDirectory ?? false;
  }

  /** Returns size, time and ETag. */
  async stat(options: ObjectOptions = {}): Promise<ObjectStat> {
    return await this.#attempt("stat", options, (store, signal) => {
      return store.stat(this.#location, signal);
    });
  }

  /** Lists this directory. In S3, a prefix that does not exist is an empty directory. */
  async *list(options: ListOptions = {}): AsyncGenerator<ObjectEntry, void, void> {
    const signal = signalOf(options);
    const { from, deep, fits } = searchOf(this.#location, options);
    try {
      const store = await openStore(from);
      for await (const { key, ...stat } of store.list(from, deep, signal)) {
        if (fits(key)) yield { path: this.#at(key), ...stat };
      }
    } catch (error) {
      throw pathError("list", uriOf(from), error, signal);
    }
  }

  /** Reads the content, or a part of it, as bytes. */
  async readBytes(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return await new Response(await this.readable(options)).bytes();
  }

  /** Reads the content, or a part of it, as UTF-8 text. */
  async readText(options: ReadOptions = {}): Promise<string> {
    const bytes = await this.readBytes(options);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      const message = `Cannot read ${this.uri} as text: it is not valid UTF-8`;
      throw new TaskRuntimeError("INVALID", message, { cause });
    }
  }

  /** Opens a stream of the content, or of a part. Read it to its end, or cancel it. */
  async readable(options: ReadOptions = {}): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const range = rangeOf(this.uri, options);
    return await this.#attempt("read", options, async (store, signal) => {
      const bytes = await store.read(this.#location, range, signal);
      return readableOf(bytes, (error) => pathError("read", this.uri, error, signal));
    });
  }

  /** Creates or replaces an object. */
  async writeBytes(bytes: Uint8Array, options: ObjectOptions = {}): Promise<void> {
    await this.#attempt("write", options, async (store, signal) => {
      await writeWhole(store, this.#location, bytes, signal);
    });
  }

  /** Creates or replaces an object with UTF-8 text. */
  async writeText(text: string, options: ObjectOptions = {}): Promise<void> {
    await this.writeBytes(new TextEncoder().encode(text), options);
  }

  /**
   * Opens a stream that writes an object. The object exists when the stream is closed; aborting the
   * stream keeps the previous object. In S3, objects of more than 8 MiB are uploaded in parts, two of
   * which are in memory, up to about 500 GiB.
   */
  async writable(options: ObjectOptions = {}): Promise<WritableStream<Uint8Array>> {
    return await this.#attempt("write", options, async (store, signal) => {
      const upload = await store.upload(this.#location, signal);
      return writableOf(upload, signal, (error) => pathError("write", this.uri, error, signal));
    });
  }

  /** Deletes it; succeeds if it does not exist, so a retry of the task can delete it again. */
  async delete(options: DeleteOptions = {}): Promise<void> {
    await this.#attempt("delete", options, async (store, signal) => {
      if (this.name === "") throw new StoreFailure("INVALID", "it is a whole store. Add a key");
      await store.remove(this.#location, options.recursive ?? false, signal);
    });
  }

  /**
   * Copies it to `target`, or into `target` if that ends with a slash. Returns the path of the copy.
   * Within S3 the service copies; between stores the task streams the bytes.
   */
  async copy(
    target: string | ObjectStoragePath,
    options: CopyOptions = {},
  ): Promise<ObjectStoragePath> {
    return await this.#transfer("copy", copy, target, options);
  }

  /** Moves it to `target`, like {@linkcode copy}. A file on the same disk is renamed. */
  async move(
    target: string | ObjectStoragePath,
    options: CopyOptions = {},
  ): Promise<ObjectStoragePath> {
    return await this.#transfer("move", move, target, options);
  }

  /** Creates a directory and its parents, or a bucket; succeeds if it exists. */
  async mkdir(options: ObjectOptions = {}): Promise<void> {
    await this.#attempt("make", options, (store, signal) => {
      return store.makeDirectory(this.#location, signal);
    });
  }

  async #transfer(
    what: "copy" | "move",
    transfer: typeof copy,
    target: string | ObjectStoragePath,
    options: CopyOptions,
  ): Promise<ObjectStoragePath> {
    const path = new ObjectStoragePath(target);
    const to = targetOf(this.#location, path.#location);
    const signal = signalOf(options);
    try {
      await transfer(this.#location, to, options.recursive ?? false, signal);
    } catch (error) {
      throw pathError(what, `${this.uri} to ${uriOf(to)}`, error, signal);
    }
    return path.#at(to.key);
  }

  async #statIfThere(options: ObjectOptions): Promise<ObjectStat | undefined> {
    return await this.#attempt("stat", options, (store, signal) => {
      return statIfThere(store, this.#location, signal);
    });
  }

  async #attempt<Result>(
    what: string,
    options: ObjectOptions,
    work: (store: Store, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const signal = signalOf(options);
    try {
      signal.throwIfAborted();
      return await work(await openStore(this.#location), signal);
    } catch (error) {
      throw pathError(what, this.uri, error, signal);
    }
  }

  #at(key: string): ObjectStoragePath {
    return new ObjectStoragePath(uriOf(withKey(this.#location, key)));
  }
}

/** Returns a signal of the caller and the task. */
function signalOf({ signal }: ObjectOptions): AbortSignal {
  return AbortSignal.any([taskSignal(), signal].filter((each) => each !== undefined));
}

/**
 * Returns the bytes to read.
 *
 * @throws {TaskRuntimeError} `INVALID` if offset or length is not a non-negative integer
 */
function rangeOf(uri: string, { offset = 0, length }: ReadOptions): ByteRange {
  for (const [name, value] of Object.entries({ offset, length: length ?? 0 })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    const reason = `${name} must be a non-negative integer, got ${value}`;
    throw new TaskRuntimeError("INVALID", `Cannot read ${uri}: ${reason}`);
  }
  return { offset, length };
}
