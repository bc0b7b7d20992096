/**
 * The door to the store: in memory, or in a file when one is named.
 *
 * @module
 */

import { MemoryStore, type Store } from "./store.ts";

/** A store, and how to close it. */
export interface OpenStore extends Disposable {
  /** The store. */
  readonly store: Store;
}

/**
 * Opens the store in the SQLite file at `path`, making the file if it is not there; without a path a
 * store in memory. SQLite is loaded only for a file.
 *
 * @throws {TaskRuntimeError} `INVALID` when the file holds something else or another version.
 *
 * @example
 * ```ts
 * import { openStore } from "./open_store.ts";
 * import { assertEquals } from "@std/assert";
 *
 * using opened = await openStore();
 * opened.store.setVariable("since", "2026-01-01");
 * assertEquals(opened.store.variable("since"), "2026-01-01");
 * ```
 */
export async function openStore(path?: string): Promise<OpenStore> {
  if (path === undefined) return { store: new MemoryStore(), [Symbol.dispose]: () => {} };
  const { SqliteStore } = await import("./sqlite_store.ts");
  const store = SqliteStore.open(path);
  return { store, [Symbol.dispose]: () => store[Symbol.dispose]() };
}
