/**
 * Whether a Dag is whole.
 *
 * @module
 */
import { type DagDefinition, mappedGroupOf, type TaskDefinition } from "./definition.ts";
import { findCycle, type Graph, resolveGraph } from "./graph.ts";
import { nameOf } from "./node.ts";
import { invalid } from "./problem.ts";
import { at } from "./source_place.ts";
import { checkAllCalled } from "./task_scope.ts";

/**
 * Makes sure that a Dag is whole, and gives the order of its tasks.
 *
 * @throws {TaskRuntimeError} `INVALID` for a task that was not called, a circle, a choice of nothing,
 * a trigger rule that Airflow refuses in its place
 */
export function checkGraph(dag: DagDefinition): Graph {
  const what = `Dag "${dag.dagId}"`;
  checkAllCalled(dag);
  for (const task of dag.tasks.values()) {
    const { branch } = task;
    const isEmpty = branch?.kind === "if" && branch.then.length + branch.otherwise.length === 0 ||
      branch?.kind === "switch" && branch.cases.length === 0 && branch.fallback === undefined;
    if (isEmpty) {
      throw invalid(
        what,
        `${nameOf(task)}${at(task.place)} chooses, and there is nothing to choose`,
      );
    }
  }
  const graph = resolveGraph(dag);
  for (const task of dag.tasks.values()) checkTriggerRule(task, graph);
  const cycle = findCycle(graph);
  if (cycle !== undefined) {
    const path = cycle.map((task) => `"${task.id}"${at(task.place)}`).join(" → ");
    throw invalid(what, `its tasks run in a circle: ${path}`);
  }
  return graph;
}

/** Airflow's rules of where trigger rules may stand: behind a setup, and in a mapped group. */
function checkTriggerRule(task: TaskDefinition, graph: Graph): void {
  const { triggerRule = "all_success" } = task.options;
  const what = `${nameOf(task)}${at(task.place)}`;
  if (triggerRule === "always" && mappedGroupOf(task) !== undefined) {
    throw invalid(what, 'in a mapped group its trigger rule cannot be "always"');
  }
  if (triggerRule === "all_success" || task.role === "teardown") return;
  for (const before of graph.upstream.get(task) ?? []) {
    if (before.role !== "setup") continue;
    throw invalid(
      what,
      `it comes right behind the setup "${before.id}", and then its trigger rule cannot be ` +
        `"${triggerRule}"`,
    );
  }
}
