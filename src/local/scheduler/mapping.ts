/**
 * What tasks and groups are mapped over, and how many instances that makes.
 *
 * @module
 */

import { ofType } from "./serialized_value.ts";
import { isJsonObject } from "../../protocol/json_value.ts";

/** What a task or a group is mapped over: the lists whose combinations, or the list, it runs for. */
export interface Mapping {
  /** Its lists: their lengths are multiplied. */
  readonly lists: readonly MappedList[];
}

/** A list that something is mapped over. */
export type MappedList =
  | { readonly kind: "literal"; readonly length: number }
  | { readonly kind: "result"; readonly taskId: string }
  | {
    readonly kind: "zip";
    readonly lists: readonly MappedList[];
    /** Whether the shorter ones are filled up. */
    readonly fills: boolean;
  }
  | { readonly kind: "concat"; readonly lists: readonly MappedList[] };

/** Reads `expand_input` of a serialized Dag; undefined for what is none. */
export function readMapping(value: unknown): Mapping | undefined {
  if (!isJsonObject(value)) return undefined;
  const source = value["value"];
  if (value["type"] === "list-of-dicts") return { lists: [readList(source)] };
  const lists = ofType(source, "dict");
  return { lists: isJsonObject(lists) ? Object.values(lists).map(readList) : [] };
}

function readList(value: unknown): MappedList {
  const reference = ofType(value, "xcomref");
  if (isJsonObject(reference)) return readReference(reference);
  if (Array.isArray(value)) return { kind: "literal", length: value.length };
  const items = ofType(value, "dict") ?? ofType(value, "set") ?? ofType(value, "tuple");
  if (Array.isArray(items)) return { kind: "literal", length: items.length };
  return { kind: "literal", length: isJsonObject(items) ? Object.keys(items).length : 0 };
}

function readReference(value: unknown): MappedList {
  if (!isJsonObject(value)) return { kind: "literal", length: 0 };
  const { type, args, arg, task_id: taskId } = value;
  if (type === "map") return readReference(arg);
  const lists = Array.isArray(args) ? args.map(readReference) : [];
  if (type === "zip") return { kind: "zip", lists, fills: Object.hasOwn(value, "fillvalue") };
  if (type === "concat") return { kind: "concat", lists };
  return { kind: "result", taskId: typeof taskId === "string" ? taskId : "" };
}

/** The tasks whose results are needed to know how many instances there are. */
export function mappedOver({ lists }: Mapping): Set<string> {
  return new Set(lists.flatMap(tasksOf));
}

function tasksOf(list: MappedList): string[] {
  if (list.kind === "literal") return [];
  return list.kind === "result" ? [list.taskId] : list.lists.flatMap(tasksOf);
}

/**
 * How many instances there are; undefined where `resultLength` does not know a list's length (yet).
 *
 * @example
 * ```ts
 * import { instanceCount } from "./mapping.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lists = [{ kind: "literal", length: 3 }, { kind: "result", taskId: "files" }] as const;
 * assertEquals(instanceCount({ lists }, () => 2), 6);
 * assertEquals(instanceCount({ lists }, () => undefined), undefined);
 * ```
 */
export function instanceCount(
  { lists }: Mapping,
  resultLength: (taskId: string) => number | undefined,
): number | undefined {
  if (lists.length === 0) return 0;
  let count = 1;
  for (const list of lists) {
    const length = lengthOf(list, resultLength);
    if (length === undefined) return undefined;
    count *= length;
  }
  return count;
}

function lengthOf(
  list: MappedList,
  resultLength: (taskId: string) => number | undefined,
): number | undefined {
  if (list.kind === "literal") return list.length;
  if (list.kind === "result") return resultLength(list.taskId);
  const lengths = list.lists.map((each) => lengthOf(each, resultLength));
  const known = lengths.filter((length) => length !== undefined);
  if (known.length < lengths.length) return undefined;
  if (list.kind === "concat") return known.reduce((sum, length) => sum + length, 0);
  if (known.length === 0) return 0;
  return list.fills ? Math.max(...known) : Math.min(...known);
}
