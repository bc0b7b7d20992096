/**
 * A part of a Dag: the tasks that a developer asks for.
 *
 * @module
 */

import type { DagPlan, PlannedTask } from "./dag_plan.ts";

/**
 * The Dag with these tasks only. What is before them elsewhere counts as done; among themselves they
 * keep their order, also over tasks that are left out.
 */
export function selectTasks(plan: DagPlan, taskIds: readonly string[]): DagPlan {
  const chosen = new Set(taskIds);
  const tasks = [...plan.tasks].filter(([taskId]) => chosen.has(taskId)).map((
    [taskId, task],
  ): [string, PlannedTask] => [
    taskId,
    {
      ...task,
      upstream: nearest(plan, task, "upstream", chosen),
      downstream: nearest(plan, task, "downstream", chosen),
    },
  ]);
  return { ...plan, tasks: new Map(tasks) };
}

function nearest(
  plan: DagPlan,
  task: PlannedTask,
  direction: "upstream" | "downstream",
  chosen: ReadonlySet<string>,
): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [...task[direction]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (chosen.has(next)) found.add(next);
    else open.push(...plan.tasks.get(next)?.[direction] ?? []);
  }
  return found;
}
