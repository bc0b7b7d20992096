/**
 * The path that authors hold.
 *
 * @module
 */
import { failure } from "./failure.ts";
import {
  directoryKey,
  nameOf,
  parentKey,
  parseLocation,
  suffixOf,
  uriOf,
  withKey,
} from "./location.ts";
import { openStore } from "./open_store.ts";
import {
  type CopyOptions,
  type DeleteOptions,
  type ListOptions,
  type ObjectOptions,
  type ObjectStoragePathOptions,
  rangeOf,
  type ReadOptions,
  signalOf,
} from "./options.ts";
import {
  type Location,
  type ObjectStat,
  type Protocol,
  type Store,
  StoreFailure,
} from "./store.ts";
import { searchOf } from "./search.ts";
import { readableOf, writableOf } from "./stream.ts";
import { TaskRuntimeError } from "./task_runtime.ts";
import { copy, isSameStore, move, statIfThere, targetOf, writeWhole } from "./transfer.ts";

/** Something listed: its path, and what the store told with it. */
export interface ObjectEntry extends ObjectStat {
  /** Where it is. */
  readonly path: ObjectStoragePath;
}

/**
 * A file or an object: `file:///path`, or `s3://conn_id@bucket/key` with the id of an Airflow
 * connection, as Python's `ObjectStoragePath` writes it. Without a connection S3 is asked
 * anonymously.
 *
 * Nothing is decoded or resolved in it, so that any key can be named. It says where, and holds
 * nothing open. Whoever writes leaves a whole object, or none; directories are made as needed.
 * Operations reject with a {@linkcode TaskRuntimeError} "Cannot read s3://…: why": `NOT_FOUND`;
 * `PERMISSION_DENIED`, by the store or for want of a permission of the bundle; `INVALID` for a
 * directory in the place of a file; `ABORTED` and `TIMEOUT` by the signal; `CLOSED` when the store
 * cannot be reached; `UNSUPPORTED` for a way to log in that is not there; `API` for the rest.
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
   * Reads an address, or makes the same path with another connection.
   *
   * @throws {TaskRuntimeError} `INVALID` when it is no such address
   */
  constructor(path: string | ObjectStoragePath, options: ObjectStoragePathOptions = {}) {
    this.#location = parseLocation(String(path), options.connId);
  }

  /** The kind of store. */
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

  /** The address, the same as `String(path)`. */
  get uri(): string {
    return uriOf(this.#location);
  }

  /** The last part, e.g. `"2026.csv"`; empty for a bucket. */
  get name(): string {
    return nameOf(this.key);
  }

  /** The name without its suffix. */
  get stem(): string {
    return this.name.slice(0, this.name.length - this.suffix.length);
  }

  /** The end of the name from its last dot on, e.g. `".csv"`; empty without one. */
  get suffix(): string {
    return suffixOf(this.name);
  }

  /** What it lies in; the bucket's or the file system's root is its own parent. */
  get parent(): ObjectStoragePath {
    return this.#at(parentKey(this.key));
  }

  /** The path of something in this directory: `path.join("2026", "orders.csv")`. */
  join(...parts: readonly string[]): ObjectStoragePath {
    const joined = parts.reduce((key, part) => directoryKey(key) + part, this.key);
    return this.#at(joined);
  }

  /** The path beside it with another name. */
  withName(name: string): ObjectStoragePath {
    return this.parent.join(name);
  }

  /** The path with another suffix, e.g. `".json"`. */
  withSuffix(suffix: string): ObjectStoragePath {
    return this.withName(this.stem + suffix);
  }

  /** Whether both are of one kind of store and one connection. */
  isSameStore(other: ObjectStoragePath): boolean {
    return isSameStore(this.#location, other.#location);
  }

  /** The address. */
  toString(): string {
    return this.uri;
  }

  /** The address: what a path is in JSON. An XCom is made of `uri`. */
  toJSON(): string {
    return this.uri;
  }

  /** Shown by its address. */
  [Symbol.for("Deno.customInspect")](): string {
    return `ObjectStoragePath(${this.uri})`;
  }

  /** Whether there is a file or a directory. */
  async exists(options: ObjectOptions = {}): Promise<boolean> {
    return await this.#statIfThere(options) !== undefined;
  }

  /** Whether there is a file. */
  async isFile(options: ObjectOptions = {}): Promise<boolean> {
    return (await this.#statIfThere(options))?.isFile ?? false;
  }

  /** Whether there is a directory, or a prefix of keys, or a bucket. */
  async isDirectory(options: ObjectOptions = {}): Promise<boolean> {
    return (await this.#statIfThere(options))?.isDirectory ?? false;
  }

  /** Size, time and tag of what is there. */
  async stat(options: ObjectOptions = {}): Promise<ObjectStat> {
    return await this.#attempt("stat", options, (store, signal) => {
      return store.stat(this.#location, signal);
    });
  }

  /** What lies in this directory; in that of an object store that is not there, nothing. */
  async *list(options: ListOptions = {}): AsyncGenerator<ObjectEntry, void, void> {
    const signal = signalOf(options);
    const { from, deep, fits } = searchOf(this.#location, options);
    try {
      const store = await openStore(from);
      for await (const { key, ...stat } of store.list(from, deep, signal)) {
        if (fits(key)) yield { path: this.#at(key), ...stat };
      }
    } catch (error) {
      throw failure("list", uriOf(from), error, signal);
    }
  }

  /** The content, or a part of it, as bytes. */
  async readBytes(options: ReadOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return await new Response(await this.readable(options)).bytes();
  }

  /** The content, or a part of it, as text in UTF-8. */
  async readText(options: ReadOptions = {}): Promise<string> {
    const bytes = await this.readBytes(options);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      const message = `Cannot read ${this.uri} as text: it is not in UTF-8`;
      throw new TaskRuntimeError("INVALID", message, { cause });
    }
  }

  /** The content, or a part of it, as a stream; read it to its end, or cancel it. */
  async readable(options: ReadOptions = {}): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const range = rangeOf(this.uri, options);
    return await this.#attempt("read", options, async (store, signal) => {
      const bytes = await store.read(this.#location, range, signal);
      return readableOf(bytes, (error) => failure("read", this.uri, error, signal));
    });
  }

  /** Writes an object, or writes it anew. */
  async writeBytes(bytes: Uint8Array, options: ObjectOptions = {}): Promise<void> {
    await this.#attempt("write", options, async (store, signal) => {
      await writeWhole(store, this.#location, bytes, signal);
    });
  }

  /** As {@linkcode writeBytes}, in UTF-8. */
  async writeText(text: string, options: ObjectOptions = {}): Promise<void> {
    await this.writeBytes(new TextEncoder().encode(text), options);
  }

  /**
   * A stream that makes an object of what it is given. The object is there when the stream is
   * closed; aborting it leaves what was there before. In S3, objects of more than 8 MiB go in parts,
   * of which two are in memory, up to some 500 GiB.
   */
  async writable(options: ObjectOptions = {}): Promise<WritableStream<Uint8Array>> {
    return await this.#attempt("write", options, async (store, signal) => {
      const upload = await store.upload(this.#location, signal);
      return writableOf(upload, signal, (error) => failure("write", this.uri, error, signal));
    });
  }

  /** Deletes it; what is not there is no error, so that a next try can delete again. */
  async delete(options: DeleteOptions = {}): Promise<void> {
    await this.#attempt("delete", options, async (store, signal) => {
      if (this.name === "") throw new StoreFailure("INVALID", "that is a whole store; name a key");
      await store.remove(this.#location, options.recursive ?? false, signal);
    });
  }

  /**
   * Copies it to `target`, or into `target` if that ends with a slash; gives where it is then. Within
   * S3 the service copies; from one store to another the bytes pass through as a stream.
   */
  async copy(
    target: string | ObjectStoragePath,
    options: CopyOptions = {},
  ): Promise<ObjectStoragePath> {
    return await this.#transfer("copy", copy, target, options);
  }

  /** Moves it as {@linkcode copy} copies it; a file on the same disk is renamed. */
  async move(
    target: string | ObjectStoragePath,
    options: CopyOptions = {},
  ): Promise<ObjectStoragePath> {
    return await this.#transfer("move", move, target, options);
  }

  /** Makes a directory and those above it, or a bucket; where there is one already, nothing. */
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
      throw failure(what, `${this.uri} to ${uriOf(to)}`, error, signal);
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
      throw failure(what, this.uri, error, signal);
    }
  }

  #at(key: string): ObjectStoragePath {
    return new ObjectStoragePath(uriOf(withKey(this.#location, key)));
  }
}
