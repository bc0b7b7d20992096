/**
 * What every kind of store can do.
 *
 * @module
 */
import type { ErrorCode } from "./task_runtime.ts";

/** The kinds of store: `"file"` is the machine's own file system. */
export type Protocol = "file" | "s3";

/** Where an object lies. */
export interface Location {
  readonly protocol: Protocol;
  /** The id of the connection; null without one. */
  readonly connId: string | null;
  /** The bucket; empty for files. */
  readonly bucket: string;
  /** Without a slash before it; for files the absolute path without its first slash. */
  readonly key: string;
}

/** What a store tells of an object. */
export interface ObjectStat {
  /** Whether it is a file, or an object with content. */
  readonly isFile: boolean;
  /** Whether it is a directory, or a prefix that objects lie under, or a bucket. */
  readonly isDirectory: boolean;
  /** Its size in bytes; null for a directory. */
  readonly size: number | null;
  /** When it was last written; null where the store keeps no such time. */
  readonly modified: Temporal.Instant | null;
  /** S3's tag of this very content, without quotes; null for files. */
  readonly etag: string | null;
}

/** Something listed: where it lies, and what the store told with it. */
export interface Listed extends ObjectStat {
  readonly key: string;
}

/** Which bytes to read: `length` of them from `offset` on; undefined means up to the end. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number | undefined;
}

/** An object on its way into a store: it is there, whole, after `close()`, and not before. */
export interface Upload {
  /** Takes bytes, which the caller may use again when it has returned. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  /** Leaves nothing behind; never throws. */
  abort(): Promise<void>;
}

/** A store, for locations of its protocol and connection; it throws {@linkcode StoreFailure}. */
export interface Store {
  /** What is there; of a location that is both, the object. */
  stat(location: Location, signal: AbortSignal): Promise<ObjectStat>;
  read(
    location: Location,
    range: ByteRange,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  upload(location: Location, signal: AbortSignal): Promise<Upload>;
  /** What lies in a directory; recursive: the files only, at any depth. */
  list(location: Location, recursive: boolean, signal: AbortSignal): AsyncIterable<Listed>;
  /** What is not there is no failure. */
  remove(location: Location, recursive: boolean, signal: AbortSignal): Promise<void>;
  /** Copies an object without its bytes coming here; false when it has to be streamed. */
  copy(from: Location, to: Location, signal: AbortSignal): Promise<boolean>;
  /** Renames a file or a directory; false when it has to be copied. */
  rename(from: Location, to: Location): Promise<boolean>;
  makeDirectory(location: Location, signal: AbortSignal): Promise<void>;
}

/** Why a store cannot do it; the caller adds what it was to do, and with what. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";

  constructor(readonly code: ErrorCode, reason: string, options: ErrorOptions = {}) {
    super(reason, options);
  }
}
