/**
 * What the UI shows in the place of a map index.
 *
 * @module
 */
import type { TaskContext } from "../../sdk/context.ts";
import type { TaskArgs } from "../../sdk/task_handler.ts";

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
    (_match, path: string) => show(lookUp(words, path.split("."))),
  );
  return text.slice(0, MAX_LABEL) || String(ti.mapIndex);
}

function lookUp(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, first);
  return isObject ? lookUp(Reflect.get(value, first), rest) : undefined;
}

function show(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) ?? "" : String(value);
}
