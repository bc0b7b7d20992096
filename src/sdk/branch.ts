/**
 * Handlers that choose which downstream tasks run.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { TaskContext } from "./context.ts";
import type { Handler, TaskArgs } from "./handler.ts";

/** The options of {@linkcode branch}. */
export interface BranchOptions<Id extends string = string> {
  /** The ids of the tasks directly downstream of the branch, group prefixes included. */
  among: readonly Id[];
}

/** The ids of the tasks to run; `null` and `undefined` skip all of them. */
export type BranchChoice<Id extends string = string> = Id | readonly Id[] | null | undefined | void;

/**
 * Makes a handler from a function that chooses the tasks to run; the others are skipped.
 *
 * Airflow does not send the Dag's graph to a task, so `among` must list the tasks to choose from.
 * Leave out tasks that are also downstream of another one in the list, such as the task that joins
 * the branches: they follow their trigger rules. The function's result becomes the XCom
 * `return_value`, as with Airflow's branch operators.
 *
 * @example
 * ```ts
 * import { branch, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const choose = new TaskHandler(
 *   "etl",
 *   "choose",
 *   branch({ among: ["full_load", "delta_load"] }, async (_args, ctx) => {
 *     const rows = await ctx.xcoms.pull<number>("extract") ?? 0;
 *     return rows > 1_000_000 ? "full_load" : "delta_load";
 *   }),
 * );
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when `among` is empty; the handler throws it when a choice is
 * not in `among`
 */
export function branch<const Id extends string, Args = TaskArgs>(
  options: BranchOptions<Id>,
  choose: (args: Args, ctx: TaskContext) => BranchChoice<Id> | Promise<BranchChoice<Id>>,
): Handler<Args, BranchChoice<Id>> {
  const { among } = options;
  if (among.length === 0) {
    throw new TaskRuntimeError(
      "INVALID",
      'Cannot make a branch: "among" must list at least one task',
    );
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
    `Cannot branch to "${String(id)}": it is not in "among", which lists ${known}`,
  );
}
