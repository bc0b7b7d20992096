/**
 * Tasks of a native Dag whose results choose among those behind them.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { nodeIn } from "../../sdk/dag/branching.ts";
import type { Branch, NodeDefinition, TaskDefinition } from "../../sdk/dag/definition.ts";
import { allBehind, type Graph, resolveGraph, tasksIn } from "../../sdk/dag/graph.ts";
import { nameOf } from "../../sdk/dag/node.ts";

/**
 * The ids of the tasks to skip after `task` returned `result`.
 *
 * A task that is behind a chosen one too, such as the one where branches join, is not among them.
 *
 * @throws {TaskRuntimeError} `INVALID` for a result that chooses nothing there is
 */
export function skippedBy(task: TaskDefinition, result: unknown): string[] {
  const { branch } = task;
  if (branch === undefined) return [];
  const graph = resolveGraph(task.dag);
  if (branch.kind === "short-circuit") {
    if (result) return [];
    const behind = branch.respectTriggerRules
      ? graph.downstream.get(task) ?? new Set()
      : allBehind(graph, [task]);
    return [...behind].filter(({ role }) => role !== "teardown").map(({ id }) => id);
  }
  const firsts = (nodes: readonly NodeDefinition[]): Set<TaskDefinition> =>
    new Set(nodes.flatMap((node) => firstTasks(node, task, graph)));
  const chosen = firsts(chosenBy(task, branch, result));
  const kept = allBehind(graph, chosen);
  return [...firsts(candidatesOf(branch))]
    .filter((each) => !chosen.has(each) && !kept.has(each))
    .map(({ id }) => id);
}

type Choice = Exclude<Branch, { kind: "short-circuit" }>;

function candidatesOf(branch: Choice): NodeDefinition[] {
  return branch.kind === "if"
    ? [...branch.then, ...branch.otherwise]
    : [...branch.cases.flatMap(({ targets }) => targets), ...branch.fallback ?? []];
}

function chosenBy(
  task: TaskDefinition,
  branch: Choice,
  result: unknown,
): readonly NodeDefinition[] {
  if (branch.kind === "if") {
    if (typeof result === "boolean") return result ? branch.then : branch.otherwise;
    throw noChoice(task, `it returned ${show(result)}, and \`dag.if()\` wants true or false`);
  }
  const value = nodeIn(result)?.id ?? result;
  const found = branch.cases.find((each) => each.value === value)?.targets ?? branch.fallback;
  if (found !== undefined) return found;
  const cases = branch.cases.map((each) => show(each.value)).join(", ");
  throw noChoice(task, `it returned ${show(value)}, and its cases are ${cases}`);
}

/** The tasks of a node that are directly behind the one that chooses. */
function firstTasks(node: NodeDefinition, task: TaskDefinition, graph: Graph): TaskDefinition[] {
  if (node.kind === "task") return [node];
  const direct = graph.downstream.get(task);
  return [...tasksIn(node)].filter((each) => direct?.has(each));
}

function noChoice(task: TaskDefinition, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot choose after ${nameOf(task)}: ${reason}`);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
