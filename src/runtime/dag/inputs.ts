/**
 * The arguments of a native Dag's task, read from the XComs that its inputs refer to.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { TaskRuntimeError } from "../../error.ts";
import {
  type Expansion,
  isMapped,
  mappedGroupOf,
  nameOf,
  type TaskDefinition,
} from "../../sdk/dag/definition.ts";
import { originOf, type OutputOrigin, type ValueOrigin } from "../../sdk/dag/value_ref.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import type { XComs } from "../../sdk/xcoms.ts";

/** The source of a task instance's inputs. */
export interface InputSource {
  /** Reads the results of other tasks. */
  readonly xcoms: XComs;
  /** The index of the instance when the task is mapped, else -1. */
  readonly mapIndex: number;
}

/**
 * Reads the arguments of a task instance. The result of a task that returned nothing or was skipped
 * is null.
 *
 * @throws {TaskRuntimeError} `INVALID` when the mapped list has no item for the map index
 */
export async function bindInputs(task: TaskDefinition, source: InputSource): Promise<TaskArgs> {
  const inputs = new Inputs(task, source);
  const own = isPlainObject(task.inputs) ? await inputs.object(task.inputs) : {};
  if (task.expansion === undefined) return Object.freeze(own);
  return Object.freeze({ ...own, ...await inputs.itemOf(task.expansion) });
}

class Inputs {
  readonly #task: TaskDefinition;
  readonly #source: InputSource;
  readonly #outputs = new Map<string, Promise<unknown>>();

  constructor(task: TaskDefinition, source: InputSource) {
    this.#task = task;
    this.#source = source;
  }

  async object(object: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const entries = Object.entries(object).map(async (
      [name, value],
    ): Promise<[string, unknown]> => [
      name,
      await this.value(value),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  }

  async value(value: unknown): Promise<unknown> {
    const origin = originOf(value);
    if (origin !== undefined) return await this.#resolve(origin);
    if (Array.isArray(value)) return await Promise.all(value.map((item) => this.value(item)));
    return isPlainObject(value) ? await this.object(value) : value;
  }

  /** Returns the mapped arguments of this instance. */
  async itemOf(expansion: Expansion): Promise<Record<string, unknown>> {
    const { mapIndex } = this.#source;
    if (expansion.kind === "list-of-dicts") {
      const item = await (await this.#sequence(expansion.source)).item(mapIndex);
      if (isPlainObject(item)) return await this.object(item);
      throw this.#error(`the mapped list has no object at index ${mapIndex}`);
    }
    const sources = Object.entries(expansion.sources);
    const sequences = await Promise.all(sources.map(([, each]) => this.#sequence(each)));
    const lengths = await Promise.all(sequences.map((sequence) => sequence.length()));
    const args: Record<string, unknown> = {};
    let rest = mapIndex;
    // The last list varies fastest, as in Airflow.
    for (let i = sources.length - 1; i >= 0; i--) {
      const [name, length = 0] = [sources[i]?.[0] ?? "", lengths[i]];
      if (length === 0) throw this.#error(`the list of argument "${name}" is empty`);
      args[name] = await this.value(await sequences[i]?.item(rest % length));
      rest = Math.floor(rest / length);
    }
    if (rest > 0) throw this.#error(`the mapped lists have no item for index ${mapIndex}`);
    return args;
  }

  async #sequence(source: unknown): Promise<Sequence> {
    const origin = originOf(source);
    if (origin?.kind === "output" && this.#isWhole(origin)) {
      const { task, key } = origin;
      return {
        length: () => this.#source.xcoms.count(task.id, { key }),
        item: (index) => this.#source.xcoms.item(task.id, index, { key }),
      };
    }
    return sequenceOf(origin === undefined ? source : await this.#resolve(origin));
  }

  async #resolve(origin: ValueOrigin): Promise<unknown> {
    switch (origin.kind) {
      case "output":
        return await this.#output(origin);
      case "item":
        return await this.#groupItem(origin.name);
      case "map": {
        const list = listOf(await this.#resolve(origin.ref));
        return list.map((item) => call(origin.apply, item));
      }
      case "concat":
        return (await this.#lists(origin.refs)).flat();
      case "zip": {
        const lists = await this.#lists(origin.refs);
        const length = Math.min(...lists.map((list) => list.length));
        return Array.from({ length }, (_, i) => lists.map((list) => list[i]));
      }
    }
  }

  #lists(refs: readonly ValueOrigin[]): Promise<unknown[][]> {
    return Promise.all(refs.map(async (ref) => listOf(await this.#resolve(ref))));
  }

  async #groupItem(name: string): Promise<unknown> {
    const expansion = mappedGroupOf(this.#task)?.expansion;
    if (expansion === undefined) {
      throw this.#error(`the item "${name}" belongs to another mapped group`);
    }
    return (await this.itemOf(expansion))[name];
  }

  #output(origin: OutputOrigin): Promise<unknown> {
    const id = JSON.stringify([origin.task.id, origin.key, origin.all]);
    const known = this.#outputs.get(id) ?? this.#read(origin);
    this.#outputs.set(id, known);
    return known;
  }

  async #read(origin: OutputOrigin): Promise<unknown> {
    const { task, key } = origin;
    const { xcoms, mapIndex } = this.#source;
    if (this.#isWhole(origin)) return await Array.fromAsync(xcoms.values(task.id, { key }));
    return isMapped(task)
      ? await xcoms.pull(task.id, { key, mapIndex })
      : await xcoms.pull(task.id, { key });
  }

  /** Tells whether an output is the list of the results of all instances. */
  #isWhole({ task, all }: OutputOrigin): boolean {
    return task.expansion !== undefined || all;
  }

  #error(reason: string): TaskRuntimeError {
    return new TaskRuntimeError("INVALID", `Cannot call ${nameOf(this.#task)}: ${reason}`);
  }
}

function call(apply: (item: never) => unknown, item: unknown): unknown {
  return Reflect.apply(apply, undefined, [item]);
}

/** Items by position. */
export interface Sequence {
  length(): Promise<number>;
  item(index: number): Promise<unknown>;
}

/** The items of a list, or the entries of an object. */
function sequenceOf(value: unknown): Sequence {
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
