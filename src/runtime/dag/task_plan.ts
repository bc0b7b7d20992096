/**
 * The steps around the handler of a native Dag's task: params, arguments, label, outputs, skips.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskContext } from "../../sdk/context.ts";
import { jsonOf } from "../../sdk/dag/checks.ts";
import { findNode } from "../../sdk/dag/node.ts";
import {
  type Branch,
  mappedGroupOf,
  nameOf,
  type NodeDefinition,
  type TaskDefinition,
} from "../../sdk/dag/definition.ts";
import { allDownstream, type Graph, resolveGraph, tasksIn } from "../../sdk/dag/graph.ts";
import { readParams } from "../../sdk/dag/param.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import { bindInputs } from "./inputs.ts";
import type { TaskPlan } from "./native_task.ts";

/** Makes the plan of a task. */
export function planOf(task: TaskDefinition): TaskPlan {
  return {
    paramDefaults: () => paramDefaults(task),
    prepare: (ctx) => prepare(task, ctx),
    followUp: (result, ctx) => followUp(task, result, ctx),
  };
}

/** Returns the defaults of a task's params, which override those of its Dag. */
function paramDefaults(task: TaskDefinition): Record<string, JsonValue> {
  const params = [
    ...readParams("a Dag", task.dag.options.params),
    ...readParams("a task", task.options.params),
  ];
  return Object.fromEntries(params.map((param) => [param.name, param.default ?? null]));
}

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
 * Records the tasks to skip and pushes the outputs; resolves to the return value to push.
 *
 * @throws {TaskRuntimeError} `INVALID` for a result without a branch, or that is not an object with
 * `multipleOutputs`
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
        `Cannot push the outputs of ${nameOf(task)}: its result must be a plain object`,
      );
    }
    for (const [key, value] of Object.entries(result)) {
      if (value !== undefined) await ctx.xcoms.push(key, value);
    }
  }
  // A task before a switch may return a node, whose id is pushed.
  return findNode(result)?.id ?? result;
}

/** The width of Airflow's column, in characters. */
const MAX_LABEL = 250;

/**
 * Renders a template, in which `{{ name }}` and `{{ name.field }}` are replaced by arguments, and by
 * `map_index`, `run_id`, `task.task_id` and `ti.map_index`.
 */
function labelOf(template: string, args: TaskArgs, ctx: Pick<TaskContext, "ti">): string {
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
 * Returns the ids of the tasks to skip after `task` returned `result`: the first tasks of the other
 * branches, unless they are also downstream of the chosen one.
 *
 * @throws {TaskRuntimeError} `INVALID` for a result without a branch
 */
function skippedBy(task: TaskDefinition, result: unknown): string[] {
  const { branch } = task;
  if (branch === undefined) return [];
  const graph = resolveGraph(task.dag);
  if (branch.kind === "short-circuit") {
    if (result) return [];
    const downstream = branch.respectTriggerRules
      ? graph.downstream.get(task) ?? new Set()
      : allDownstream(graph, [task]);
    return [...downstream].filter(({ role }) => role !== "teardown").map(({ id }) => id);
  }
  const firsts = (nodes: readonly NodeDefinition[]): Set<TaskDefinition> =>
    new Set(nodes.flatMap((node) => firstTasks(node, task, graph)));
  const chosen = firsts(chosenBy(task, branch, result));
  const kept = allDownstream(graph, chosen);
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
    throw noBranch(task, `the result for dag.if() must be true or false, got ${jsonOf(result)}`);
  }
  const value = findNode(result)?.id ?? result;
  const found = branch.cases.find((each) => each.value === value)?.targets ?? branch.fallback;
  if (found !== undefined) return found;
  const cases = branch.cases.map((each) => jsonOf(each.value)).join(", ");
  throw noBranch(task, `there is no case for the result ${jsonOf(value)}; cases: ${cases}`);
}

/** Returns the tasks of a node that are directly downstream of `task`. */
function firstTasks(node: NodeDefinition, task: TaskDefinition, graph: Graph): TaskDefinition[] {
  if (node.kind === "task") return [node];
  const direct = graph.downstream.get(task);
  return [...tasksIn(node)].filter((each) => direct?.has(each));
}

function noBranch(task: TaskDefinition, reason: string): TaskRuntimeError {
  return new TaskRuntimeError("INVALID", `Cannot choose a branch after ${nameOf(task)}: ${reason}`);
}
