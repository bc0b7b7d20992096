/**
 * A Dag as its run needs it: the tasks, what is before and behind each, and how it is mapped.
 *
 * @module
 */

import type { JsonObject } from "../../protocol/generated.ts";
import type { Mapping } from "./mapping.ts";

/** A Dag to run. */
export interface DagPlan {
  /** The Dag's id. */
  readonly dagId: string;
  /** Its tasks, in the order of the file. */
  readonly tasks: ReadonlyMap<string, PlannedTask>;
  /** The group that holds the whole Dag. */
  readonly root: PlannedGroup;
  /** Whether the first task to fail ends all others. */
  readonly failFast: boolean;
  /** How many tasks may run at once; undefined leaves it to Airflow's settings. */
  readonly maxActiveTasks: number | undefined;
  /** The params that a run is given values for. */
  readonly params: readonly PlannedParam[];
  /** What Airflow schedules the Dag by: the class of the timetable and its settings. */
  readonly timetable: { readonly type: string; readonly settings: JsonObject };
  /** The texts on edges, by the tasks that they lead from and to. */
  readonly edgeLabels: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** A param of a Dag. */
export interface PlannedParam {
  /** Its name. */
  readonly name: string;
  /** Its default; undefined when a run must have a value for it. */
  readonly default: unknown;
  /** The JSON Schema of its values. */
  readonly schema: JsonObject;
}

/** A task to run. */
export interface PlannedTask {
  /** The task's id. */
  readonly taskId: string;
  /** What is shown for it; the id when absent. */
  readonly displayName: string;
  /** Who does it: the bundle, nobody since it is empty, or Airflow with an operator of Python. */
  readonly work: "bundle" | "empty" | "operator";
  /** The name of the operator's class. */
  readonly operator: string;
  /** The tasks directly before it. */
  readonly upstream: ReadonlySet<string>;
  /** The tasks directly behind it. */
  readonly downstream: ReadonlySet<string>;
  /** Airflow's name of the rule by which it begins. */
  readonly triggerRule: string;
  /** Whether it sets up or tears down what others need. */
  readonly role: "setup" | "teardown" | undefined;
  /** Whether a teardown that fails makes the run fail. */
  readonly failsRun: boolean;
  /** Whether its result chooses among those behind it. */
  readonly chooses: boolean;
  /** How often it is tried again. */
  readonly retries: number;
  /** The seconds before the next try, after so many. */
  readonly retryDelay: (tryNumber: number) => number;
  /** How many of its instances may run at once. */
  readonly maxActive: number;
  /** What it is mapped over itself. */
  readonly mapping: Mapping | undefined;
  /** The mapped groups that it is in, the innermost first. */
  readonly mappedGroups: readonly PlannedGroup[];
}

/** A group of tasks. */
export interface PlannedGroup {
  /** Its id; `""` for the one that holds the whole Dag. */
  readonly groupId: string;
  /** What is shown for it. */
  readonly displayName: string;
  /** What it is mapped over. */
  readonly mapping: Mapping | undefined;
  /** The tasks directly in it, by id. */
  readonly tasks: readonly string[];
  /** The groups directly in it. */
  readonly groups: readonly PlannedGroup[];
}

/** Whether how many instances a task has is known only when what it is mapped over is. */
export function needsExpansion({ mapping, mappedGroups }: PlannedTask): boolean {
  return mapping !== undefined || mappedGroups.length > 0;
}

/** All tasks before a task, or behind it, directly or not. */
export function allRelatives(
  plan: DagPlan,
  taskId: string,
  direction: "upstream" | "downstream",
): Set<string> {
  const found = new Set<string>();
  const open = [taskId];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const other of plan.tasks.get(next)?.[direction] ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}
