/**
 * What the runtime does around the work of a native Dag's task, since the Dag says so.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { JsonValue } from "../../protocol/value.ts";
import { nodeIn } from "../../sdk/dag/branching.ts";
import { mappedGroupOf, type TaskDefinition } from "../../sdk/dag/definition.ts";
import { secondsIn } from "../../sdk/dag/duration.ts";
import { nameOf } from "../../sdk/dag/node.ts";
import { readParams } from "../../sdk/dag/param.ts";
import type { TaskContext } from "../../sdk/context.ts";
import type { TaskArgs } from "../../sdk/task_handler.ts";
import type { TaskPlan } from "./native_task.ts";
import { skippedBy } from "./branching.ts";
import { bindInputs } from "./inputs.ts";
import { labelOf } from "./map_index_label.ts";
import { isPlainObject } from "../../values.ts";

/** What the Dag says of one of its tasks. */
export function planOf(task: TaskDefinition): TaskPlan {
  return {
    paramDefaults: () => paramDefaults(task),
    limitTime: (ctx) => limitTime(task, ctx),
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

/** Before the work: its time limit. */
async function limitTime(task: TaskDefinition, ctx: TaskContext): Promise<void> {
  const seconds = secondsIn(task.options.executionTimeout);
  if (seconds !== undefined && seconds > 0) await ctx.executionTimeout(seconds);
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
      if (value !== undefined) await ctx.xcoms.set(key, value);
    }
  }
  // A decider may return the node it chose.
  return nodeIn(result)?.id ?? result;
}
