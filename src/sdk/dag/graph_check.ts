/**
 * Whether a Dag is whole.
 *
 * @module
 */
import type { DagDefinition } from "./definition.ts";
import { findCycle, type Graph, resolveGraph } from "./graph.ts";
import { nameOf } from "./node.ts";
import { invalid } from "./problem.ts";
import { at } from "./source_place.ts";
import { checkAllCalled } from "./task_scope.ts";

/**
 * Makes sure that a Dag is whole, and gives the order of its tasks.
 *
 * @throws {TaskRuntimeError} `INVALID` for a task that was not called, a circle, a choice of nothing
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
  const cycle = findCycle(graph);
  if (cycle !== undefined) {
    const path = cycle.map((task) => `"${task.id}"${at(task.place)}`).join(" → ");
    throw invalid(what, `its tasks run in a circle: ${path}`);
  }
  return graph;
}
