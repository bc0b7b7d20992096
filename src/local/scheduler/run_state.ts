/**
 * The state of a Dag run, by those of its task instances.
 *
 * @module
 */

import type { DagPlan, PlannedTask } from "./dag_plan.ts";
import { type Instances, isFinished } from "./instances.ts";

/**
 * The state that Airflow gives a run whose instances go no further: that of the tasks at its ends.
 *
 * A teardown does not count, unless it was made to; a run that something still waits in is running,
 * and failed where nothing will ever begin what is left.
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
