/**
 * Tasks that wait for their call, which gives them their place in the Dag.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import {
  type Expansion,
  mappedGroupOf,
  nameOf,
  type NodeDefinition,
  type TaskDefinition,
} from "./definition.ts";
import { conflict, invalid } from "./checks.ts";
import { at } from "./source_place.ts";
import { TaskRef } from "./task_ref.ts";
import {
  type Input,
  type Inputs,
  type MapSource,
  type MapSources,
  originOf,
  type OutputOrigin,
  outputsIn,
  type ValueRef,
} from "./value_ref.ts";

/** The parameters of a call: none are needed where every argument is optional. */
export type CallOf<Args> = Record<never, never> extends Args ? [inputs?: Inputs<Args>]
  : [inputs: Inputs<Args>];

/** A task that can be mapped. */
export interface Mappable<Args, Result> {
  /**
   * Has one instance run for each item, or for each pair of items when there are several lists, the
   * last one changing fastest. What comes back stands for the list of all results.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task has its place already; `INVALID` for what
   * cannot be mapped over
   */
  expand(sources: MapSources<Args>): TaskRef<Result[]>;

  /**
   * Has one instance run for each object of arguments (Airflow's `expand_kwargs`).
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task has its place already; `INVALID` for what
   * cannot be mapped over
   */
  expandKwargs(source: MapSource<Args>): TaskRef<Result[]>;
}

/**
 * A task that waits for its call: `const load = dag.task("load", …)`, then `load({ rows })`.
 *
 * Every task is called once. What it is called with are values, or what other tasks will have
 * returned, which draws the edge between the two.
 */
export interface TaskFactory<Args, Result> extends Mappable<Args, Result> {
  /**
   * Gives the task its place, with its arguments, and comes back with what it will have returned.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when it has its place already; `INVALID` for the result of
   * a task of another Dag
   */
  (...call: CallOf<Args>): TaskRef<Result>;
  /** The task's id, prefixes of its groups included. */
  readonly taskId: string;
  /** Gives some of the arguments, the same for each instance, before it is mapped over the others. */
  partial<Given extends Partial<Inputs<Args>>>(
    inputs: Given,
  ): Mappable<Omit<Args, keyof Given>, Result>;
}

/** Makes the factory of a task. */
export function taskFactory<Args, Result>(task: TaskDefinition): TaskFactory<Args, Result> {
  const place = (inputs: object | undefined): TaskRef<Result> => {
    settle(task, inputs ?? {}, undefined);
    return new TaskRef<Result>(task);
  };
  const mappable = (given: object): Mappable<never, Result> => ({
    expand: (sources: object): TaskRef<Result[]> => {
      settle(task, given, dictOfLists(task, sources, given));
      return new TaskRef<Result[]>(task);
    },
    expandKwargs: (source: unknown): TaskRef<Result[]> => {
      settle(task, given, { kind: "list-of-dicts", source: checkSource(task, "its list", source) });
      return new TaskRef<Result[]>(task);
    },
  });
  return Object.assign((...[inputs]: CallOf<Args>): TaskRef<Result> => place(inputs), {
    taskId: task.id,
    ...mappable({}),
    partial: (inputs: object): Mappable<never, Result> => mappable(inputs),
  });
}

/** Gives a task its place, with what it is called with and the edges that this draws. */
export function settle(
  task: TaskDefinition,
  inputs: object,
  expansion: Expansion | undefined,
): void {
  const what = nameOf(task);
  if (task.inputs !== undefined) {
    throw conflict(what, "it is called twice; define it twice instead");
  }
  if (!isPlainObject(inputs)) throw invalid(what, "it is not called with an object of arguments");
  if (expansion !== undefined && mappedGroupOf(task) !== undefined) {
    throw invalid(what, "it is mapped within a mapped group, which Airflow cannot do");
  }
  task.inputs = { ...inputs };
  task.expansion = expansion;
  drawDataEdges(task, [inputs, sourcesOf(expansion)]);
}

/** Draws the edges from the tasks whose outputs `values` are made of, to `node`. */
export function drawDataEdges(node: NodeDefinition, values: unknown): void {
  for (const output of outputsIn(values)) {
    checkOutput(node, output);
    node.dag.edges.push({ upstream: output.task, downstream: node });
  }
}

function checkOutput(node: NodeDefinition, { task, all }: OutputOrigin): void {
  const what = nameOf(node);
  if (task.dag !== node.dag) {
    throw invalid(
      what,
      `it is called with the result of ${nameOf(task)}${at(task.place)}, of another Dag`,
    );
  }
  if (task === node) throw invalid(what, "it is called with its own result");
  const group = mappedGroupOf(task);
  const isInside = group !== undefined && node.kind === "task" && group === mappedGroupOf(node);
  if (group !== undefined && !all && !isInside) {
    throw invalid(
      what,
      `${nameOf(task)} is in a mapped group and has many results: call with \`.all()\` of it`,
    );
  }
  if (all && (group === undefined || isInside)) {
    throw invalid(what, `\`.all()\` of ${nameOf(task)} has no meaning here: there is one result`);
  }
}

/** What a task or group is mapped over, checked. */
export function dictOfLists(
  task: NodeDefinition,
  sources: object,
  given: object = {},
): Expansion {
  const entries = Object.entries(sources);
  if (entries.length === 0) throw invalid(nameOf(task), "it is mapped over nothing");
  const checked = entries.map(([name, source]): [string, MapSource<unknown>] => {
    if (Object.hasOwn(given, name)) {
      throw invalid(nameOf(task), `argument "${name}" is given by both partial() and expand()`);
    }
    return [name, checkSource(task, `argument "${name}"`, source)];
  });
  return { kind: "dict-of-lists", sources: Object.fromEntries(checked) };
}

/** Makes sure that a list, an object or a result is mapped over. */
export function checkSource(
  node: NodeDefinition,
  name: string,
  source: unknown,
): MapSource<unknown> {
  if (Array.isArray(source) || isReference(source)) return source;
  throw invalid(nameOf(node), `${name} is mapped over what is no list and no task's result`);
}

function isReference(source: unknown): source is ValueRef<readonly unknown[]> {
  return originOf(source) !== undefined || isPlainObject(source);
}

function sourcesOf(expansion: Expansion | undefined): readonly Input<unknown>[] {
  if (expansion === undefined) return [];
  return expansion.kind === "dict-of-lists" ? Object.values(expansion.sources) : [expansion.source];
}
