/**
 * Branches: tasks whose results decide which downstream tasks run.
 *
 * @module
 */
import {
  type Branch,
  type DagDefinition,
  nameOf,
  type NodeDefinition,
  type TaskDefinition,
} from "./definition.ts";
import { checkNode, type DagNode, findNode } from "./node.ts";
import { conflict, invalid } from "./checks.ts";
import { taskOf, type TaskRef } from "./task_ref.ts";

/** The result of `dag.if(condition)`. */
export interface IfChain {
  /**
   * Adds the nodes that run if the condition is true.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value; also when the
   * chain is awaited, because it is not a promise
   */
  then(...nodes: readonly DagNode[]): ElseChain;
}

/** The result of `dag.if(condition).then(…)`. */
export interface ElseChain {
  /**
   * Adds the nodes that run if the condition is false.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value
   */
  else(...nodes: readonly DagNode[]): void;
}

/** The result of `dag.switch(decider)`. */
export interface CaseChain<Result> {
  /**
   * Adds the nodes that run if the decider returns `value`. `case(node)` alone runs the node if the
   * decider returns this node or its id.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value; `CONFLICT` when
   * the switch already has a case for the value
   */
  case(value: Result | DagNode, ...nodes: readonly DagNode[]): CaseChain<Result>;

  /**
   * Adds the nodes that run if the decider returns a value without a case. Without a default, the
   * decider then fails.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag or another value
   */
  default(...nodes: readonly DagNode[]): void;
}

/** Options of {@linkcode Dag.shortCircuit}. */
export interface ShortCircuitOptions {
  /**
   * Skips only the tasks directly downstream; tasks further down follow their trigger rules. False
   * by default: all downstream tasks are skipped.
   */
  respectTriggerRules?: boolean;
}

/** Makes a task's result choose between two branches. */
export function ifChain(dag: DagDefinition, condition: TaskRef<boolean>): IfChain {
  const task = chooser(dag, condition);
  const live: Extract<Branch, { kind: "if" }> = { kind: "if", then: [], otherwise: [] };
  task.branch = live;
  return {
    then: (...nodes): ElseChain => {
      live.then = targets(task, nodes);
      return {
        else: (...others): void => {
          live.otherwise = targets(task, others);
        },
      };
    },
  };
}

/** Makes a task's result choose one of several cases. */
export function switchChain<Result>(
  dag: DagDefinition,
  decider: TaskRef<Result>,
): CaseChain<Result> {
  const task = chooser(dag, decider);
  const live: Extract<Branch, { kind: "switch" }> = {
    kind: "switch",
    cases: [],
    fallback: undefined,
  };
  task.branch = live;
  const chain: CaseChain<Result> = {
    case: (value, ...nodes) => {
      const label = findNode(value)?.id ?? value;
      if (live.cases.some((each) => each.value === label)) {
        throw conflict(nameOf(task), `it already has a case for ${JSON.stringify(label)}`);
      }
      live.cases.push({
        value: label,
        targets: targets(task, nodes.length === 0 && isNode(value) ? [value] : nodes),
      });
      return chain;
    },
    default: (...nodes): void => {
      live.fallback = targets(task, nodes);
    },
  };
  return chain;
}

/** Makes a task's result decide whether the downstream tasks are skipped. */
export function shortCircuit(
  dag: DagDefinition,
  condition: TaskRef<unknown>,
  { respectTriggerRules = false }: ShortCircuitOptions,
): void {
  chooser(dag, condition).branch = { kind: "short-circuit", respectTriggerRules };
}

function chooser(dag: DagDefinition, ref: TaskRef<unknown>): TaskDefinition {
  const task = taskOf(ref);
  if (task.dag !== dag) {
    throw invalid(`a branch of Dag "${dag.dagId}"`, `${nameOf(task)} belongs to another Dag`);
  }
  if (task.branch !== undefined) {
    throw conflict(nameOf(task), "its result already chooses a branch");
  }
  return task;
}

/** Adds an edge from the task that chooses to each node. */
function targets(task: TaskDefinition, nodes: readonly DagNode[]): NodeDefinition[] {
  return nodes.map((node) => {
    if (typeof node === "function") {
      throw invalid(nameOf(task), "a branch is not a promise. Remove the await before it");
    }
    const downstream = checkNode(nameOf(task), node, task);
    task.dag.edges.push({ upstream: task, downstream });
    return downstream;
  });
}

function isNode(value: unknown): value is DagNode {
  return findNode(value) !== undefined;
}
