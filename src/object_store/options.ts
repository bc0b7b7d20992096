/**
 * What the operations of a path take.
 *
 * @module
 */
import { taskSignal } from "./open_store.ts";
import type { ByteRange } from "./store.ts";
import { TaskRuntimeError } from "./task_runtime.ts";

/** How a path is made. */
export interface ObjectStoragePathOptions {
  /** The id of the connection; it goes before one in the address. */
  readonly connId?: string;
}

/** What each operation takes. */
export interface ObjectOptions {
  /** Ends the wait, as the end of the task does in any case. */
  readonly signal?: AbortSignal;
}

/** Which part of an object to read. */
export interface ReadOptions extends ObjectOptions {
  /** The first byte, counted from 0, which is the default. */
  readonly offset?: number;
  /** How many bytes; all up to the end by default. */
  readonly length?: number;
}

/** What to list. */
export interface ListOptions extends ObjectOptions {
  /** Lists the files at any depth, and no directories; false by default. */
  readonly recursive?: boolean;
  /**
   * Lists what fits, e.g. `"2026-*.csv"`, or `"2026/**\/*.csv"` for any depth. With a star in what is
   * not the last part, files only.
   */
  readonly glob?: string;
}

/** What to delete. */
export interface DeleteOptions extends ObjectOptions {
  /** Deletes what lies in it as well; false by default. */
  readonly recursive?: boolean;
}

/** What to copy or move. */
export interface CopyOptions extends ObjectOptions {
  /** Takes directories, with all that lies in them; false by default. */
  readonly recursive?: boolean;
}

/** What ends the wait: the caller, or the end of the task. */
export function signalOf({ signal }: ObjectOptions): AbortSignal {
  return AbortSignal.any([taskSignal(), signal].filter((each) => each !== undefined));
}

/**
 * The bytes that are asked for.
 *
 * @throws {TaskRuntimeError} `INVALID` for what is no number of bytes
 */
export function rangeOf(uri: string, { offset = 0, length }: ReadOptions): ByteRange {
  for (const [name, value] of Object.entries({ offset, length: length ?? 0 })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    const reason = `${name} ${value} is no number of bytes`;
    throw new TaskRuntimeError("INVALID", `Cannot read ${uri}: ${reason}`);
  }
  return { offset, length };
}
