/**
 * The step that executes a task's handler.
 *
 * @module
 */
import { RETURN_VALUE } from "../context/xcoms.ts";
import type { HandlerCall } from "./binding.ts";
import { checkResult } from "./handler_schema.ts";
import type { RunningTask } from "./running_task.ts";

/**
 * Runs the bound handler, then pushes its result and sends what it asks Airflow to skip.
 *
 * @throws what the handler threw, or what ended it from outside
 */
export async function execute(
  bound: () => unknown,
  { handler, ctx, completion, plan }: HandlerCall,
  { interruption, observer }: RunningTask,
): Promise<void> {
  const returned = await interruption.race(async () => await bound());
  await interruption.wait(async () => {
    const checked = await checkResult(handler, returned);
    observer?.returned(checked);
    const result = plan === undefined ? checked : await plan.followUp(checked, ctx);
    if (result !== undefined && result !== null) await ctx.xcoms.push(RETURN_VALUE, result);
    await completion.outlets.complete();
    await completion.skips.send();
  });
}
