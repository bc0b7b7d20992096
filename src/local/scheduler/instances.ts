/**
 * The task instances of a Dag run: which there are, and the state of each.
 *
 * @module
 */

import { type DagPlan, needsExpansion, type PlannedTask } from "./dag_plan.ts";
import type { EndState } from "../supervisor/ending.ts";
import { instanceCount, type Mapping } from "./mapping.ts";

/** The state of an instance: null before it is begun. */
export type InstanceState = EndState | "running" | null;

/** One instance of a task. */
export interface Instance {
  /** The task. */
  readonly task: PlannedTask;
  /** Its map index; -1 for a task that is not mapped, or not expanded yet. */
  readonly mapIndex: number;
  /** Its state. */
  state: InstanceState;
}

/** What the results of tasks hold. */
export interface Results {
  /** How many items a task's result has; undefined for one that is no list, or none. */
  readonly length: (taskId: string) => number | undefined;
  /** How many instances of a mapped task have a result. */
  readonly count: (taskId: string) => number;
}

/** The states that nothing follows. */
const FINISHED: readonly InstanceState[] = [
  "success",
  "failed",
  "skipped",
  "upstream_failed",
  "removed",
];

/** Whether the instance has ended for good. */
export function isFinished({ state }: Pick<Instance, "state">): boolean {
  return FINISHED.includes(state);
}

/** The instances of a run. Those of mapped tasks come to be when it is known how many there are. */
export class Instances {
  /** The Dag. */
  readonly plan: DagPlan;
  readonly #results: Results;
  readonly #rows: Map<string, Map<number, Instance>>;

  /** As Airflow makes them when a run is created: mapped over literals, they are there at once. */
  constructor(plan: DagPlan, results: Results) {
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
   * Makes the instances of a task that is not expanded yet, and takes away what stood for them;
   * undefined when it is not mapped. What cannot be expanded gets the state that Airflow gives it.
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

  /** How many instances a mapped task has in all; undefined before that is known. */
  count({ mapping, mappedGroups }: PlannedTask): number | undefined {
    const around = mappedGroups.map((group) => group.mapping);
    return this.#product([mapping, ...around]);
  }

  /** The map indexes of a task before an instance that are that instance's own; undefined for all. */
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
    // A task that does not run here has left its results before.
    if (task === undefined) {
      return this.#results.length(taskId) ?? (this.#results.count(taskId) || undefined);
    }
    // As in Airflow: what a task in a mapped group returns is no list to map over.
    return needsExpansion(task) ? undefined : this.#results.length(taskId);
  }

  /** The number of instances that the Dag itself says. */
  #literal({ mapping, mappedGroups }: PlannedTask): number {
    let product = 1;
    for (const each of [mapping, ...mappedGroups.map((group) => group.mapping)]) {
      if (each !== undefined) product *= instanceCount(each, () => undefined) ?? 0;
    }
    return mapping === undefined && mappedGroups.length === 0 ? 0 : product;
  }
}

/** So many instances, or with none the one that stands for the task. */
function rowsOf(task: PlannedTask, count: number): Map<number, Instance> {
  const indexes = count > 0 ? Array.from({ length: count }, (_, index) => index) : [-1];
  return new Map(indexes.map((mapIndex) => [mapIndex, { task, mapIndex, state: null }]));
}
