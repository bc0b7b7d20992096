/**
 * Tasks whose results choose among those behind them.
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
import { checkNode, type DagNode, findDefinition } from "./node.ts";
import { conflict, invalid } from "./checks.ts";
import { taskOf, type TaskRef } from "./task_ref.ts";

/** What follows `dag.if(condition)`. */
export interface IfChain {
  /**
   * What to go on with if the condition is true.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node: a chain is
   * no promise, so do not await it
   */
  then(...nodes: readonly DagNode[]): ElseChain;
}

/** What follows `dag.if(condition).then(…)`. */
export interface ElseChain {
  /**
   * What to go on with if the condition is false.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node
   */
  else(...nodes: readonly DagNode[]): void;
}

/** What follows `dag.switch(decider)`. */
export interface CaseChain<Result> {
  /**
   * What to go on with if the decider returned `value`; a node alone stands for the case that the
   * decider returned this node, or its id.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node; `CONFLICT`
   * when there is a case for the value already
   */
  case(value: Result | DagNode, ...nodes: readonly DagNode[]): CaseChain<Result>;

  /**
   * What to go on with if there is no case for what the decider returned; without it that is an
   * error.
   *
   * @throws {TaskRuntimeError} `INVALID` for a node of another Dag, or what is no node
   */
  default(...nodes: readonly DagNode[]): void;
}

/** How {@linkcode Dag.shortCircuit} skips. */
export interface ShortCircuitOptions {
  /**
   * Whether only the tasks directly behind are skipped, and those further down follow their trigger
   * rules; false by default.
   */
  respectTriggerRules?: boolean;
}

/** Begins `if`. */
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

/** Begins `switch`. */
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
      const node = nodeIn(value);
      const isAlone = node !== undefined && nodes.length === 0;
      const label = node === undefined ? value : node.id;
      if (live.cases.some((each) => each.value === label)) {
        throw conflict(nameOf(task), `it has a case for ${JSON.stringify(label)} already`);
      }
      live.cases.push({
        value: label,
        targets: targets(task, isAlone && isNode(value) ? [value] : nodes),
      });
      return chain;
    },
    default: (...nodes): void => {
      live.fallback = targets(task, nodes);
    },
  };
  return chain;
}

/** Makes a task's result decide whether all behind it is skipped. */
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
    throw invalid(`a branch of Dag "${dag.dagId}"`, `${nameOf(task)} is of another Dag`);
  }
  if (task.branch !== undefined) throw conflict(nameOf(task), "its result chooses already");
  return task;
}

/** The nodes to go on with, which come behind the task that chooses. */
function targets(task: TaskDefinition, nodes: readonly DagNode[]): NodeDefinition[] {
  return nodes.map((node) => {
    if (typeof node === "function") {
      throw invalid(nameOf(task), "a branch is no promise: take the await away before it");
    }
    const downstream = checkNode(nameOf(task), node, task);
    task.dag.edges.push({ upstream: task, downstream });
    return downstream;
  });
}

function isNode(value: unknown): value is DagNode {
  return nodeIn(value) !== undefined;
}

/** The definition behind what may be a node. */
export function nodeIn(value: unknown): NodeDefinition | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return findDefinition(value);
}
