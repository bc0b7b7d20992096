/**
 * The interface of a store, and its errors.
 *
 * @module
 */
import { type ErrorCode, TaskRuntimeError } from "./task_runtime.ts";

/** The kind of a store: the local file system, or S3. */
export type Protocol = "file" | "s3";

/** The address of an object. */
export interface Location {
  readonly protocol: Protocol;
  /** The id of the connection; null without one. */
  readonly connId: string | null;
  /** The bucket; empty for files. */
  readonly bucket: string;
  /** The key without a leading slash; for files the absolute path without its first slash. */
  readonly key: string;
}

/** The properties of an object. */
export interface ObjectStat {
  /** True for a file or an object. */
  readonly isFile: boolean;
  /** True for a directory, a bucket, or a prefix of other keys. */
  readonly isDirectory: boolean;
  /** Its size in bytes; null for a directory. */
  readonly size: number | null;
  /** The time of the last write; null if the store does not record it. */
  readonly modified: Temporal.Instant | null;
  /** The ETag of S3 without quotes, which changes with the content; null for files. */
  readonly etag: string | null;
}

/** An entry of a list. */
export interface Listed extends ObjectStat {
  readonly key: string;
}

/** The bytes to read: `length` bytes from `offset`; an undefined length reads to the end. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number | undefined;
}

/** The upload of an object, which becomes visible as a whole when `close()` resolves. */
export interface Upload {
  /** Writes bytes; the caller may reuse the array afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  /** Discards the upload; never throws. */
  abort(): Promise<void>;
}

/** A store for one protocol and connection. Its methods throw {@linkcode StoreFailure}. */
export interface Store {
  /** Returns the properties; an object takes precedence over a prefix with the same key. */
  stat(location: Location, signal: AbortSignal): Promise<ObjectStat>;
  read(
    location: Location,
    range: ByteRange,
    signal: AbortSignal,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  upload(location: Location, signal: AbortSignal): Promise<Upload>;
  /** Lists a directory; with `recursive`, only files, at any depth. */
  list(location: Location, recursive: boolean, signal: AbortSignal): AsyncIterable<Listed>;
  /** Deletes an object; succeeds if it does not exist. */
  remove(location: Location, recursive: boolean, signal: AbortSignal): Promise<void>;
  /** Copies an object within the store; false if the caller must stream its bytes. */
  copy(from: Location, to: Location, signal: AbortSignal): Promise<boolean>;
  /** Renames a file or a directory; false if the caller must copy it. */
  rename(from: Location, to: Location): Promise<boolean>;
  makeDirectory(location: Location, signal: AbortSignal): Promise<void>;
}

/** The reason why a store fails; {@linkcode pathError} adds the operation and the path. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";

  constructor(readonly code: ErrorCode, reason: string, options: ErrorOptions = {}) {
    super(reason, options);
  }
}

/** Returns the error that the author sees, e.g. `pathError("read", "s3://…", error, signal)`. */
export function pathError(
  what: string,
  uri: string,
  error: unknown,
  signal: AbortSignal,
): TaskRuntimeError {
  // Only the signal knows why a wait ended. The runtime's own errors are complete.
  if (signal.aborted) return aborted(what, uri, signal.reason);
  if (error instanceof TaskRuntimeError) return error;
  const [code, reason] = reasonOf(error);
  return new TaskRuntimeError(code, `Cannot ${what} ${uri}: ${reason}`, { cause: error });
}

function aborted(what: string, uri: string, reason: unknown): TaskRuntimeError {
  const timedOut = reason instanceof DOMException && reason.name === "TimeoutError";
  const code = reason instanceof TaskRuntimeError ? reason.code : timedOut ? "TIMEOUT" : "ABORTED";
  const why = timedOut ? "the timeout expired" : "the operation was canceled";
  return new TaskRuntimeError(code, `Cannot ${what} ${uri}: ${why}`, { cause: reason });
}

function reasonOf(error: unknown): [code: ErrorCode, reason: string] {
  if (error instanceof StoreFailure) return [error.code, error.message];
  const message = Error.isError(error) ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) {
    const [denied = message] = message.split(", run again");
    return [
      "PERMISSION_DENIED",
      `it ${denied.replace(/^R/, "r")}. Add it to the permissions of the bundle`,
    ];
  }
  const { errors } = Deno;
  if (error instanceof errors.NotFound) return ["NOT_FOUND", "it does not exist"];
  if (error instanceof errors.PermissionDenied) {
    return ["PERMISSION_DENIED", "the operating system denies access"];
  }
  if (error instanceof errors.AlreadyExists) return ["CONFLICT", "it already exists"];
  if (error instanceof errors.IsADirectory) return ["INVALID", "it is a directory"];
  if (error instanceof errors.NotADirectory) {
    return ["INVALID", "a parent of the path is not a directory"];
  }
  if (Error.isError(error) && Reflect.get(error, "code") === "ENOTEMPTY") {
    return ["CONFLICT", "the directory is not empty. Set recursive to delete its content"];
  }
  // fetch() throws a TypeError if it cannot connect or loses the connection.
  if (error instanceof TypeError) return ["CLOSED", message];
  return ["API", message];
}
