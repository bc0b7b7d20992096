/**
 * Task factories: `dag.task(…)` defines a task, and a call of its factory adds the task to the Dag.
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
  type Inputs,
  type MapSource,
  type MapSources,
  originOf,
  type OutputOrigin,
  outputsIn,
} from "./value_ref.ts";

/** The parameters of a call, which are optional if every argument is. */
export type CallOf<Args> = Record<never, never> extends Args ? [inputs?: Inputs<Args>]
  : [inputs: Inputs<Args>];

/** A task that can be mapped. */
export interface Mappable<Args, Result> {
  /**
   * Maps the task: one instance runs for each item, or for each combination of items of several
   * lists, the last list varying fastest. Returns a reference to the list of all results.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task was already called; `INVALID` for a value that
   * is not a list or a reference
   */
  expand(sources: MapSources<Args>): TaskRef<Result[]>;

  /**
   * Maps the task: one instance runs for each object of arguments (Airflow's `expand_kwargs`).
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task was already called; `INVALID` for a value that
   * is not a list or a reference
   */
  expandKwargs(source: MapSource<Args>): TaskRef<Result[]>;
}

/**
 * A defined task, to be called once: `const load = dag.task("load", …)`, then `load({ rows })`.
 *
 * Arguments are values or results of other tasks. A result draws an edge from its task to this one.
 */
export interface TaskFactory<Args, Result> extends Mappable<Args, Result> {
  /**
   * Adds the task to the Dag with its arguments, and returns a reference to its result.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when the task was already called; `INVALID` for the result
   * of a task of another Dag
   */
  (...call: CallOf<Args>): TaskRef<Result>;
  /** The task's id with the prefixes of its groups. */
  readonly taskId: string;
  /** Sets arguments that are the same for each instance, before the task is mapped over others. */
  partial<Given extends Partial<Inputs<Args>>>(
    inputs: Given,
  ): Mappable<Omit<Args, keyof Given>, Result>;
}

/** Makes the factory of a task. */
export function taskFactory<Args, Result>(task: TaskDefinition): TaskFactory<Args, Result> {
  const mappable = (given: object): Mappable<never, Result> => ({
    expand: (sources: object) => callTask(task, given, dictOfLists(task, sources, given)),
    expandKwargs: (source: unknown) => {
      checkSource(task, "its list", source);
      return callTask(task, given, { kind: "list-of-dicts", source });
    },
  });
  return Object.assign((...[inputs]: CallOf<Args>) => callTask<Result>(task, inputs ?? {}), {
    taskId: task.id,
    ...mappable({}),
    partial: (inputs: object): Mappable<never, Result> => mappable(inputs),
  });
}

/** Adds a task to its Dag with its inputs, and draws the edges from the tasks that they refer to. */
export function callTask<Result>(
  task: TaskDefinition,
  inputs: object,
  expansion?: Expansion,
): TaskRef<Result> {
  const what = nameOf(task);
  if (task.inputs !== undefined) {
    throw conflict(what, "it is already called. Define a task for each call");
  }
  if (!isPlainObject(inputs)) throw invalid(what, "its inputs must be an object of arguments");
  if (expansion !== undefined && mappedGroupOf(task) !== undefined) {
    throw invalid(what, "Airflow cannot map a task in a mapped group");
  }
  task.inputs = { ...inputs };
  task.expansion = expansion;
  drawDataEdges(task, [inputs, sourcesOf(expansion)]);
  return new TaskRef<Result>(task);
}

/** Draws edges to `node` from the tasks whose outputs `values` refer to. */
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
      `its inputs refer to ${nameOf(task)}${at(task.place)}, which belongs to another Dag`,
    );
  }
  if (task === node) throw invalid(what, "its inputs refer to its own result");
  const group = mappedGroupOf(task);
  const isInside = group !== undefined && node.kind === "task" && group === mappedGroupOf(node);
  if (group !== undefined && !all && !isInside) {
    throw invalid(
      what,
      `${nameOf(task)} is in a mapped group and has many results. Use its \`all()\``,
    );
  }
  if (all && (group === undefined || isInside)) {
    throw invalid(what, `${nameOf(task)} has one result here. Use it without \`all()\``);
  }
}

/** Checks the lists that a task or group is mapped over. */
export function dictOfLists(
  node: NodeDefinition,
  sources: object,
  given: object = {},
): Expansion {
  const entries = Object.entries(sources);
  if (entries.length === 0) throw invalid(nameOf(node), "expand() needs at least one argument");
  for (const [name, source] of entries) {
    if (Object.hasOwn(given, name)) {
      throw invalid(nameOf(node), `argument "${name}" is in both partial() and expand()`);
    }
    checkSource(node, `argument "${name}"`, source);
  }
  return { kind: "dict-of-lists", sources: Object.fromEntries(entries) };
}

function checkSource(node: NodeDefinition, name: string, source: unknown): void {
  if (Array.isArray(source) || isPlainObject(source) || originOf(source) !== undefined) return;
  throw invalid(nameOf(node), `${name} must be a list or a task's result to map over`);
}

function sourcesOf(expansion: Expansion | undefined): readonly unknown[] {
  if (expansion === undefined) return [];
  return expansion.kind === "dict-of-lists" ? Object.values(expansion.sources) : [expansion.source];
}
