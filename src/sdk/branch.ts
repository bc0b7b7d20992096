/**
 * Handlers that choose which tasks to go on with.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { TaskContext } from "./context.ts";
import type { Handler, TaskArgs } from "./task_handler.ts";

/** A task to skip: its id, or its id and the index of a mapped instance. */
export type SkippedTask = string | readonly [taskId: string, mapIndex: number];

/** What a branch chooses from. */
export interface BranchOptions<Id extends string = string> {
  /** The ids of the tasks directly behind the branch, group prefixes included. */
  among: readonly Id[];
}

/** What a branching function returns: the ids to go on with; nothing skips all. */
export type BranchChoice<Id extends string = string> = Id | readonly Id[] | null | undefined | void;

/**
 * Makes a handler of a function that chooses the tasks to go on with; the others are skipped.
 *
 * A task's process is told nothing of its Dag's graph, so that the tasks to choose from must be
 * named in `among`. A task which is behind a chosen one too, such as the one that joins the
 * branches, is left out of the list; so are tasks further down, which follow their trigger rules.
 * What the function returns becomes the XCom `return_value`, as of Airflow's branch operators.
 *
 * @example
 * ```ts
 * import { branch, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const choose = new TaskHandler(
 *   "etl",
 *   "choose",
 *   branch({ among: ["full_load", "delta_load"] }, async (_args, ctx) => {
 *     const rows = await ctx.xcoms.get<number>("extract") ?? 0;
 *     return rows > 1_000_000 ? "full_load" : "delta_load";
 *   }),
 * );
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when `among` is empty; the handler throws it when a choice is
 * not among them
 */
export function branch<const Id extends string>(
  options: BranchOptions<Id>,
  choose: (args: TaskArgs, ctx: TaskContext) => BranchChoice<Id> | Promise<BranchChoice<Id>>,
): Handler<TaskArgs, BranchChoice<Id>> {
  const { among } = options;
  if (among.length === 0) {
    throw new TaskRuntimeError("INVALID", 'Cannot make a branch: "among" names no task');
  }
  return async (args, ctx) => {
    const choice = await choose(args, ctx);
    const chosen: readonly string[] = typeof choice === "string" ? [choice] : choice ?? [];
    for (const id of chosen) {
      if (!among.some((one) => one === id)) throw notAmong(id, among);
    }
    ctx.skipDownstream(...among.filter((id) => !chosen.includes(id)));
    return choice;
  };
}

function notAmong(id: unknown, among: readonly string[]): TaskRuntimeError {
  const known = among.map((one) => `"${one}"`).join(", ");
  return new TaskRuntimeError(
    "INVALID",
    `Cannot branch to "${String(id)}": the branch chooses among ${known}`,
  );
}
