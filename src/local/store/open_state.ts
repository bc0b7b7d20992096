/**
 * The state that `dev` keeps: in memory, or in a file.
 *
 * @module
 */
import { type AirflowStore, MemoryStore } from "./store.ts";

/** An open store; disposing of it closes the file. */
export interface OpenState extends Disposable {
  /** The store. */
  readonly store: AirflowStore;
}

/**
 * Opens the store in the SQLite file at `path`, creating the file if necessary; without a path opens
 * a store in memory. Only a file loads SQLite.
 *
 * @throws {TaskRuntimeError} `INVALID` when the file is not a state file of this version.
 *
 * @example
 * ```ts
 * import { openState } from "./open_state.ts";
 * import { assertEquals } from "@std/assert";
 *
 * using opened = await openState();
 * opened.store.setVariable("since", "2026-01-01");
 * assertEquals(opened.store.variable("since"), "2026-01-01");
 * ```
 */
export async function openState(path?: string): Promise<OpenState> {
  if (path === undefined) return { store: new MemoryStore(), [Symbol.dispose]: () => {} };
  const { SqliteStore } = await import("./sqlite_store.ts");
  const store = SqliteStore.open(path);
  return { store, [Symbol.dispose]: () => store[Symbol.dispose]() };
}
