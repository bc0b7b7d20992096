/**
 * Values that there will be when a Dag runs: what tasks return, and what is made of it.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import type { GroupDefinition, TaskDefinition } from "./definition.ts";

/** A value that there will be when the Dag runs, of the type `T`. */
export interface ValueRef<out T> {
  /** Only the compiler's: the type of the value. */
  readonly "~type"?: () => T;
}

/** What a task may be called with where a `T` is wanted: the value, or what will be it. */
export type Input<T> =
  | T
  | ValueRef<T>
  | (T extends readonly unknown[] ? { readonly [I in keyof T]: Input<T[I]> }
    : T extends object ? { readonly [K in keyof T]: Input<T[K]> }
    : never);

/** What a task is called with, by the names of its arguments. */
export type Inputs<Args> = { readonly [K in keyof Args]: Input<Args[K]> };

/** What a task may be mapped over where it wants a `T`: a list, an upstream's list, or one's entries. */
export type MapSource<T> =
  | readonly Input<T>[]
  | ValueRef<readonly T[]>
  | (T extends readonly [string, infer Value]
    ? Readonly<Record<string, Value>> | ValueRef<Readonly<Record<string, Value>>>
    : never);

/** What a task may be mapped over, by the names of its arguments. */
export type MapSources<Args> = { readonly [K in keyof Args]: MapSource<Args[K]> };

/** Where a value will come from. */
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
  /** Whether all instances of a mapped group's task are meant. */
  readonly all: boolean;
}

// The one place that knows: a class that authors hold shows nothing of its inside.
const origins = new WeakMap<object, ValueOrigin>();

/** Remembers where the value of `ref` will come from. */
export function setOrigin<Ref extends object>(ref: Ref, origin: ValueOrigin): Ref {
  origins.set(ref, origin);
  return ref;
}

/** Where a value will come from; undefined for what is a value already. */
export function originOf(value: unknown): ValueOrigin | undefined {
  return typeof value === "object" && value !== null ? origins.get(value) : undefined;
}

/** The outputs that a value is made of, down to the inside of arrays and objects. */
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

/** The outputs that a value with an origin is made of. */
export function* outputsOf(origin: ValueOrigin): Generator<OutputOrigin> {
  if (origin.kind === "output") yield origin;
  else if (origin.kind === "map") yield* outputsOf(origin.ref);
  else if (origin.kind === "item") yield* [];
  else for (const ref of origin.refs) yield* outputsOf(ref);
}
