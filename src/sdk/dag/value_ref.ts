/**
 * References to values that exist only when a Dag runs: results of tasks, and lists made of them.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import type { GroupDefinition, TaskDefinition } from "./definition.ts";

/** A reference to a value of the type `T` that exists when the Dag runs. */
export interface ValueRef<out T> {
  /** The type of the value, for the compiler only. */
  readonly "~type"?: () => T;
}

/** A value or a reference to one, inside of arrays and objects too. */
export type Input<T> =
  | T
  | ValueRef<T>
  | (T extends readonly unknown[] ? { readonly [I in keyof T]: Input<T[I]> }
    : T extends object ? { readonly [K in keyof T]: Input<T[K]> }
    : never);

/** The inputs of a task, by the names of its arguments. */
export type Inputs<Args> = { readonly [K in keyof Args]: Input<Args[K]> };

/** A list, a reference to a list, or an object whose entries are the list, to map a task over. */
export type MapSource<T> =
  | readonly Input<T>[]
  | ValueRef<readonly T[]>
  | (T extends readonly [string, infer Value]
    ? Readonly<Record<string, Value>> | ValueRef<Readonly<Record<string, Value>>>
    : never);

/** The lists to map a task over, by the names of its arguments. */
export type MapSources<Args> = { readonly [K in keyof Args]: MapSource<Args[K]> };

/** The source of the value of a reference. */
export type ValueOrigin =
  | OutputOrigin
  | { readonly kind: "zip"; readonly refs: readonly ValueOrigin[]; readonly fill?: unknown }
  | { readonly kind: "concat"; readonly refs: readonly ValueOrigin[] }
  | { readonly kind: "map"; readonly ref: ValueOrigin; readonly apply: (item: never) => unknown }
  | { readonly kind: "item"; readonly group: GroupDefinition; readonly name: string };

/** An XCom of a task. */
export interface OutputOrigin {
  readonly kind: "output";
  readonly task: TaskDefinition;
  readonly key: string;
  /** True for the results of all instances of a mapped group's task. */
  readonly all: boolean;
}

// A WeakMap instead of a property: the objects that authors hold show no internals.
const origins = new WeakMap<object, ValueOrigin>();

/** Binds a reference to its origin. */
export function setOrigin(ref: object, origin: ValueOrigin): void {
  origins.set(ref, origin);
}

/** A reference without methods; a class, so that it does not look like an object of values. */
class PlainRef {}

/** Makes a reference without methods. */
export function refTo<T>(origin: ValueOrigin): ValueRef<T> {
  const ref = new PlainRef();
  setOrigin(ref, origin);
  return ref;
}

/** Returns the origin of a reference; undefined for any other value. */
export function originOf(value: unknown): ValueOrigin | undefined {
  return typeof value === "object" && value !== null ? origins.get(value) : undefined;
}

/** Yields the outputs that a value refers to, inside of arrays and objects too. */
export function* outputsIn(value: unknown): Generator<OutputOrigin> {
  const origin = originOf(value);
  if (origin !== undefined) yield* outputsOf(origin);
  else if (Array.isArray(value)) { for (const item of value) yield* outputsIn(item); }
  else if (isPlainObject(value)) {
    for (const item of Object.values(value)) {
      yield* outputsIn(item);
    }
  }
}

/** Yields the outputs that an origin consists of. */
function* outputsOf(origin: ValueOrigin): Generator<OutputOrigin> {
  if (origin.kind === "output") yield origin;
  else if (origin.kind === "map") yield* outputsOf(origin.ref);
  else if (origin.kind === "item") yield* [];
  else for (const ref of origin.refs) yield* outputsOf(ref);
}
