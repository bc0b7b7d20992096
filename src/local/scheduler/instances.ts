/**
 * The task instances of a Dag run, their states, and the state of the run that follows from them.
 *
 * @module
 */

import type { EndState } from "../supervisor/terminal_state.ts";
import type { DagPlan, MappedList, Mapping, PlannedTask } from "./dag_plan.ts";

/** The state of an instance: null before it starts. */
export type InstanceState = EndState | "running" | null;

/** One instance of a task. */
export interface Instance {
  /** The task. */
  readonly task: PlannedTask;
  /** Its map index; -1 when the task is not mapped or not expanded yet. */
  readonly mapIndex: number;
  /** Its state. */
  state: InstanceState;
}

/** The sizes of tasks' results. */
export interface ResultSizes {
  /** The number of items in a task's result; undefined without a result that has items. */
  readonly length: (taskId: string) => number | undefined;
  /** The number of instances of a mapped task that have a result. */
  readonly count: (taskId: string) => number;
}

/** The states in which an instance stays. */
const FINISHED: readonly InstanceState[] = [
  "success",
  "failed",
  "skipped",
  "upstream_failed",
  "removed",
];

/** Tells whether the instance is in a terminal state. */
export function isFinished({ state }: Pick<Instance, "state">): boolean {
  return FINISHED.includes(state);
}

/** Formats a task id with the map index of a mapped instance: `load[2]`. */
export function instanceName(taskId: string, mapIndex = -1): string {
  return mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}

/** The instances of a run. A mapped task is expanded into instances once their number is known. */
export class Instances {
  /** The Dag. */
  readonly plan: DagPlan;
  readonly #results: ResultSizes;
  readonly #rows: Map<string, Map<number, Instance>>;

  /** Creates the instances as Airflow does with a run: tasks mapped over literals are expanded. */
  constructor(plan: DagPlan, results: ResultSizes) {
    this.plan = plan;
    this.#results = results;
    this.#rows = new Map(
      [...plan.tasks].map(([id, task]) => [id, rowsOf(task, this.#literal(task))]),
    );
  }

  /** All instances, by task in the order of the Dag, then by map index. */
  all(): Instance[] {
    return [...this.#rows.values()].flatMap((rows) => [...rows.values()]);
  }

  /** The instances of one task. */
  of(taskId: string): Instance[] {
    return [...this.#rows.get(taskId)?.values() ?? []];
  }

  /**
   * Replaces the placeholder of a mapped task by its instances and returns them; undefined when the
   * task is not mapped. A placeholder that cannot be expanded gets the state that Airflow gives it.
   */
  expand(instance: Instance): readonly Instance[] | undefined {
    if (instance.mapIndex >= 0 || !needsExpansion(instance.task)) return undefined;
    const count = this.count(instance.task);
    if (count === undefined) instance.state = "upstream_failed";
    else if (count === 0) instance.state = "skipped";
    else {
      const rows = rowsOf(instance.task, count);
      this.#rows.set(instance.task.taskId, rows);
      return [...rows.values()];
    }
    return [];
  }

  /** The number of instances of a mapped task; undefined while it is unknown. */
  count({ mapping, mappedGroups }: PlannedTask): number | undefined {
    const around = mappedGroups.map((group) => group.mapping);
    return this.#product([mapping, ...around]);
  }

  /** The map indexes of an upstream task that concern one instance; undefined when all do. */
  relevant(
    instance: Instance,
    upstream: PlannedTask,
  ): readonly [from: number, to: number] | undefined {
    const { task, mapIndex } = instance;
    const total = this.count(task);
    if (!total) return undefined;
    const common = upstream.mappedGroups.findIndex((group) => task.mappedGroups.includes(group));
    if (common < 0) return undefined;
    const around = upstream.mappedGroups.slice(common).map((group) => group.mapping);
    const outer = this.#product(around);
    if (!outer) return undefined;
    const own = Math.floor(mapIndex * outer / total);
    if (upstream.mapping === undefined && common === 0) return [own, own + 1];
    const further = Math.floor(total / outer);
    return [own * further, (own + 1) * further];
  }

  #product(mappings: readonly (Mapping | undefined)[]): number | undefined {
    let product = 1;
    for (const mapping of mappings) {
      if (mapping === undefined) continue;
      const count = instanceCount(mapping, (taskId) => this.#resultLength(taskId));
      if (count === undefined) return undefined;
      product *= count;
    }
    return product;
  }

  #resultLength(taskId: string): number | undefined {
    const task = this.plan.tasks.get(taskId);
    if (task?.mapping !== undefined) {
      return this.of(taskId).every(isFinished) ? this.#results.count(taskId) : undefined;
    }
    // A task outside the plan has pushed its results in an earlier run.
    if (task === undefined) {
      return this.#results.length(taskId) ?? (this.#results.count(taskId) || undefined);
    }
    // As in Airflow, the result of a task in a mapped group cannot be mapped over.
    return needsExpansion(task) ? undefined : this.#results.length(taskId);
  }

  /** The number of instances that follows from literals alone; 0 when it depends on results. */
  #literal({ mapping, mappedGroups }: PlannedTask): number {
    let product = 1;
    for (const each of [mapping, ...mappedGroups.map((group) => group.mapping)]) {
      if (each !== undefined) product *= instanceCount(each, () => undefined) ?? 0;
    }
    return mapping === undefined && mappedGroups.length === 0 ? 0 : product;
  }
}

/** Creates so many instances, or with 0 a placeholder for the task. */
function rowsOf(task: PlannedTask, count: number): Map<number, Instance> {
  const indexes = count > 0 ? Array.from({ length: count }, (_, index) => index) : [-1];
  return new Map(indexes.map((mapIndex) => [mapIndex, { task, mapIndex, state: null }]));
}

/** Tells whether the number of instances of a task depends on a mapping. */
function needsExpansion({ mapping, mappedGroups }: PlannedTask): boolean {
  return mapping !== undefined || mappedGroups.length > 0;
}

/** The tasks whose results a mapping needs. */
export function mappedOver({ lists }: Mapping): Set<string> {
  return new Set(lists.flatMap(tasksOf));
}

function tasksOf(list: MappedList): string[] {
  if (list.kind === "literal") return [];
  return list.kind === "result" ? [list.taskId] : list.lists.flatMap(tasksOf);
}

/** Counts the instances of a mapping; undefined while `resultLength` does not know a length. */
function instanceCount(
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

/**
 * The state that Airflow gives a run in which nothing more can start: the state of its last tasks.
 *
 * Teardowns count only with `on_failure_fail_dagrun`. The run is running while an instance waits,
 * and failed when an instance can never start.
 */
export function runState(instances: Instances): "success" | "failed" | "running" {
  const all = instances.all();
  if (all.some(({ state }) => state !== null && !isFinished({ state }))) return "running";
  if (all.some(({ state }) => state === null)) return "failed";
  const ends = endsOf(instances.plan);
  const isFailed = all.some(({ task, state }) =>
    ends.has(task) && (state === "failed" || state === "upstream_failed")
  );
  return isFailed ? "failed" : "success";
}

function endsOf({ tasks }: DagPlan): ReadonlySet<PlannedTask> {
  const counts = (task: PlannedTask | undefined): boolean =>
    task !== undefined && (task.role !== "teardown" || task.failsRun);
  const all = [...tasks.values()];
  const ends = all.filter((task) =>
    counts(task) && ![...task.downstream].some((taskId) => counts(tasks.get(taskId)))
  );
  return new Set(ends.length > 0 ? ends : all.filter((task) => task.downstream.size === 0));
}
