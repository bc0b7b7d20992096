/**
 * What a task is mapped over, item by item.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";

/** Items by position. */
export interface Sequence {
  length(): Promise<number>;
  item(index: number): Promise<unknown>;
}

/** The items of a list, or the entries of an object. */
export function sequenceOf(value: unknown): Sequence {
  const items = listOf(value);
  return {
    length: () => Promise.resolve(items.length),
    item: (index) => Promise.resolve(items[index]),
  };
}

/** A list as it is, the entries of an object or Map as Python's pairs; empty for anything else. */
export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return [...value];
  return isPlainObject(value) ? Object.entries(value) : [];
}
