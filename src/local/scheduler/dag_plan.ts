/**
 * The plan of a Dag run: the tasks, the edges between them, and the lists they are mapped over.
 *
 * @module
 */

import type { JsonObject } from "../../protocol/generated.ts";

/** A Dag to run. */
export interface DagPlan {
  /** The Dag's id. */
  readonly dagId: string;
  /** Its tasks, in the order of the file. */
  readonly tasks: ReadonlyMap<string, PlannedTask>;
  /** The group that holds the whole Dag. */
  readonly root: PlannedGroup;
  /** True when the first failed task ends all others. */
  readonly failFast: boolean;
  /** The number of tasks that may run at once; undefined when the Dag sets no limit. */
  readonly maxActiveTasks: number | undefined;
  /** The Dag's params. */
  readonly params: readonly PlannedParam[];
  /** The Dag's timetable: the class and its settings. */
  readonly timetable: { readonly type: string; readonly settings: JsonObject };
  /** The labels of edges, by the upstream and the downstream task. */
  readonly edgeLabels: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** A param of a Dag. */
export interface PlannedParam {
  /** Its name. */
  readonly name: string;
  /** Its default; undefined when every run must provide a value. */
  readonly default: unknown;
  /** The JSON Schema of its values. */
  readonly schema: JsonObject;
}

/** A task to run. */
export interface PlannedTask {
  /** The task's id. */
  readonly taskId: string;
  /** The name to show; the id by default. */
  readonly displayName: string;
  /** The place of the work: the bundle, an Airflow operator, or none. */
  readonly work: "bundle" | "operator" | "empty";
  /** The name of the operator's class. */
  readonly operator: string;
  /** The tasks directly upstream. */
  readonly upstream: ReadonlySet<string>;
  /** The tasks directly downstream. */
  readonly downstream: ReadonlySet<string>;
  /** Airflow's name of the trigger rule. */
  readonly triggerRule: string;
  /** The role of a setup or a teardown; undefined for other tasks. */
  readonly role: "setup" | "teardown" | undefined;
  /** True when the run fails when this teardown fails. */
  readonly failsRun: boolean;
  /** True when the task branches: its result chooses among its downstream tasks. */
  readonly chooses: boolean;
  /** The number of retries. */
  readonly retries: number;
  /** The seconds to wait after the try of this number. */
  readonly retryDelay: (tryNumber: number) => number;
  /** The number of its instances that may run at once. */
  readonly maxActive: number;
  /** The lists that the task itself is mapped over. */
  readonly mapping: Mapping | undefined;
  /** The mapped groups around it, the innermost first. */
  readonly mappedGroups: readonly PlannedGroup[];
}

/** A group of tasks. */
export interface PlannedGroup {
  /** Its id; `""` for the group that holds the whole Dag. */
  readonly groupId: string;
  /** The name to show. */
  readonly displayName: string;
  /** The lists that the group is mapped over. */
  readonly mapping: Mapping | undefined;
  /** The ids of the tasks directly in it. */
  readonly tasks: readonly string[];
  /** The groups directly in it. */
  readonly groups: readonly PlannedGroup[];
}

/** The lists that a task or a group is mapped over: one instance for each combination of items. */
export interface Mapping {
  /** The lists. */
  readonly lists: readonly MappedList[];
}

/** One list of a mapping. */
export type MappedList =
  | { readonly kind: "literal"; readonly length: number }
  | { readonly kind: "result"; readonly taskId: string }
  | {
    readonly kind: "zip";
    readonly lists: readonly MappedList[];
    /** True when shorter lists are filled up to the longest. */
    readonly fills: boolean;
  }
  | { readonly kind: "concat"; readonly lists: readonly MappedList[] };

/**
 * Plans a Dag whose graph is unknown, such as one in a Python file: the tasks run one at a time, in
 * the order of the list, whatever state the tasks before them ended in.
 */
export function listPlan(dagId: string, taskIds: readonly string[]): DagPlan {
  const planned = (taskId: string): PlannedTask => ({
    taskId,
    displayName: taskId,
    work: "bundle",
    operator: "",
    upstream: new Set(),
    downstream: new Set(),
    triggerRule: "all_success",
    role: undefined,
    failsRun: false,
    chooses: false,
    retries: 0,
    retryDelay: () => 0,
    maxActive: Infinity,
    mapping: undefined,
    mappedGroups: [],
  });
  return {
    dagId,
    tasks: new Map(taskIds.map((taskId) => [taskId, planned(taskId)])),
    root: { groupId: "", displayName: "", mapping: undefined, tasks: taskIds, groups: [] },
    failFast: false,
    maxActiveTasks: 1,
    params: [],
    timetable: { type: "", settings: {} },
    edgeLabels: new Map(),
  };
}

/**
 * Reduces the plan to these tasks. Tasks that are left out count as done, and an edge replaces each
 * path through them.
 */
export function selectTasks(plan: DagPlan, taskIds: readonly string[]): DagPlan {
  const chosen = new Set(taskIds);
  const nearest = (from: string, direction: Direction): Set<string> =>
    walk(plan, from, direction, (taskId) => !chosen.has(taskId)).intersection(chosen);
  const tasks = [...plan.tasks.values()].filter(({ taskId }) => chosen.has(taskId)).map((
    task,
  ): [string, PlannedTask] => [task.taskId, {
    ...task,
    upstream: nearest(task.taskId, "upstream"),
    downstream: nearest(task.taskId, "downstream"),
  }]);
  return { ...plan, tasks: new Map(tasks) };
}

/** Which way to follow edges. */
type Direction = "upstream" | "downstream";

/** The tasks upstream or downstream of a task, directly or not. */
export function allRelatives(plan: DagPlan, taskId: string, direction: Direction): Set<string> {
  return walk(plan, taskId, direction, () => true);
}

/** The tasks that are reached from a task, through those that `passes` lets through. */
function walk(
  plan: DagPlan,
  from: string,
  direction: Direction,
  passes: (taskId: string) => boolean,
): Set<string> {
  const found = new Set<string>();
  const open = [from];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of plan.tasks.get(next)?.[direction] ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      if (passes(other)) open.push(other);
    }
  }
  return found;
}
