/**
 * Rows under keys: what a table of the store is, and its form in memory.
 *
 * @module
 */

/** One part of a row's key. */
export type KeyPart = string | number;

/** The rows of one table, in the order in which their keys came first. */
export interface Rows<Row> {
  /** The row with this whole key; undefined when there is none. */
  get(key: readonly KeyPart[]): Row | undefined;
  /** The rows whose keys begin with these parts; all of them without any. */
  list(prefix: readonly KeyPart[]): Row[];
  /** Adds a row, or replaces the one with its key. */
  put(row: Row): void;
  /** Takes away the rows whose keys begin with these parts. */
  remove(prefix: readonly KeyPart[]): void;
}

/** Rows in memory. */
export class MemoryRows<Row> implements Rows<Row> {
  readonly #keyOf: (row: Row) => readonly KeyPart[];
  readonly #rows = new Map<string, { readonly key: readonly KeyPart[]; readonly row: Row }>();

  /** An empty table whose rows have the keys that `keyOf` reads. */
  constructor(keyOf: (row: Row) => readonly KeyPart[]) {
    this.#keyOf = keyOf;
  }

  /** The row with this whole key; undefined when there is none. */
  get(key: readonly KeyPart[]): Row | undefined {
    return this.#rows.get(JSON.stringify(key))?.row;
  }

  /** The rows whose keys begin with these parts; all of them without any. */
  list(prefix: readonly KeyPart[]): Row[] {
    return [...this.#rows.values()].filter(({ key }) => begins(key, prefix)).map(({ row }) => row);
  }

  /** Adds a row, or replaces the one with its key. */
  put(row: Row): void {
    const key = this.#keyOf(row);
    this.#rows.set(JSON.stringify(key), { key, row });
  }

  /** Takes away the rows whose keys begin with these parts. */
  remove(prefix: readonly KeyPart[]): void {
    for (const [id, { key }] of this.#rows) if (begins(key, prefix)) this.#rows.delete(id);
  }
}

function begins(key: readonly KeyPart[], prefix: readonly KeyPart[]): boolean {
  return prefix.every((part, index) => key[index] === part);
}
