/**
 * What the runtime does around the work of a native Dag's task, since the Dag says so.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskContext } from "../../sdk/context.ts";
import { nodeIn } from "../../sdk/dag/branching.ts";
import {
  type Branch,
  mappedGroupOf,
  nameOf,
  type NodeDefinition,
  type TaskDefinition,
} from "../../sdk/dag/definition.ts";
import { allBehind, type Graph, resolveGraph, tasksIn } from "../../sdk/dag/graph.ts";
import { readParams } from "../../sdk/dag/param.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import { bindInputs } from "./inputs.ts";
import type { TaskPlan } from "./native_task.ts";

/** What the Dag says of one of its tasks. */
export function planOf(task: TaskDefinition): TaskPlan {
  return {
    paramDefaults: () => paramDefaults(task),
    prepare: (ctx) => prepare(task, ctx),
    followUp: (result, ctx) => followUp(task, result, ctx),
  };
}

/** The defaults of the params that a task sees: its own over its Dag's. */
function paramDefaults(task: TaskDefinition): Record<string, JsonValue> {
  const params = [
    ...readParams("a Dag", task.dag.options.params),
    ...readParams("a task", task.options.params),
  ];
  return Object.fromEntries(params.map((param) => [param.name, param.default ?? null]));
}

/** The arguments, and the label of the instance, which is made of them. */
async function prepare(task: TaskDefinition, ctx: TaskContext): Promise<TaskArgs> {
  const { xcoms, mapIndex } = ctx;
  const args = await bindInputs(task, { xcoms, mapIndex });
  const { mapIndexTemplate } = task.options;
  const isInstance = task.expansion !== undefined || mappedGroupOf(task) !== undefined;
  if (mapIndexTemplate !== undefined && isInstance) {
    await ctx.setMapIndexLabel(labelOf(mapIndexTemplate, args, ctx));
  }
  return args;
}

/**
 * After the work: what is skipped, and the outputs beside the return value. Resolves to what is to
 * be pushed; undefined for nothing.
 *
 * @throws {TaskRuntimeError} `INVALID` for a result that chooses nothing there is, or has no fields
 * to be pushed one by one
 */
async function followUp(
  task: TaskDefinition,
  result: unknown,
  ctx: TaskContext,
): Promise<unknown> {
  const skipped = skippedBy(task, result);
  if (skipped.length > 0) ctx.skipDownstream(...skipped);
  const { doXcomPush = true, multipleOutputs = false } = task.options;
  if (!doXcomPush) return undefined;
  if (multipleOutputs && result !== undefined && result !== null) {
    if (!isPlainObject(result)) {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot push the outputs of ${nameOf(task)}: what it returned is no plain object`,
      );
    }
    for (const [key, value] of Object.entries(result)) {
      if (value !== undefined) await ctx.xcoms.push(key, value);
    }
  }
  // A decider may return the node it chose.
  return nodeIn(result)?.id ?? result;
}

/** Airflow's column is as wide, in characters. */
const MAX_LABEL = 250;

/**
 * The text of a template, in which `{{ name }}` and `{{ name.field }}` stand for arguments; beside
 * them there are `map_index`, `run_id`, `task.task_id` and `ti.map_index`.
 */
export function labelOf(template: string, args: TaskArgs, ctx: Pick<TaskContext, "ti">): string {
  const { ti } = ctx;
  const words: Readonly<Record<string, unknown>> = {
    map_index: ti.mapIndex,
    run_id: ti.runId,
    task: { task_id: ti.taskId },
    ti: { map_index: ti.mapIndex, task_id: ti.taskId, run_id: ti.runId },
    ...args,
  };
  const text = template.replaceAll(
    /\{\{\s*([\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*)\s*\}\}/gu,
    (_match, path: string) => rendered(lookUp(words, path.split("."))),
  );
  return text.slice(0, MAX_LABEL) || String(ti.mapIndex);
}

function lookUp(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, first);
  return isObject ? lookUp(Reflect.get(value, first), rest) : undefined;
}

function rendered(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) ?? "" : String(value);
}

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
