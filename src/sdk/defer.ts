/**
 * Tasks that wait for a trigger.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import type { Continuation, ResumableHandler } from "./continuation.ts";
import { DeferTask } from "./ending.ts";
import type { TaskArgs } from "./task_handler.ts";
import type { Trigger } from "./trigger.ts";

/** The name under which Airflow keeps where the task goes on. */
const RESUME = "triggered";

/** A trigger, or what makes one from arguments and context when the task starts. */
export type TriggerSource<Event> =
  | Trigger<Event>
  | ((args: TaskArgs, ctx: TaskContext) => Trigger<Event> | Promise<Trigger<Event>>);

/** How to wait. */
export interface DeferOptions {
  /** Seconds to wait at most; the task then fails, or is retried. Without end by default. */
  readonly timeout?: number;
  /** The triggerer's queue, where triggerers have some. */
  readonly queue?: string;
}

/**
 * Makes the handler of a task that waits for a trigger, and goes on with what it fires.
 *
 * The task takes no worker while it waits; `resume` runs in another process than what made the
 * trigger.
 *
 * @example
 * ```ts
 * import { defer, externalTaskTrigger, FailTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const wait = new TaskHandler("etl", "wait", defer(
 *   (_args, ctx) => externalTaskTrigger({ dagId: "upstream", runIds: [ctx.dagRun.runId] }),
 *   ({ status }) => {
 *     if (status !== "success") throw new FailTask(`upstream came to ${status}`);
 *   },
 *   { timeout: 6 * 3600 },
 * ));
 * ```
 */
export function defer<Event, Result>(
  trigger: TriggerSource<Event>,
  resume: Continuation<Event, Result>,
  options: DeferOptions = {},
): ResumableHandler {
  const start = async (args: TaskArgs, ctx: TaskContext): Promise<never> => {
    const awaited = typeof trigger === "function" ? await trigger(args, ctx) : trigger;
    throw new DeferTask({ ...options, trigger: awaited, resume: RESUME });
  };
  return Object.assign(start, { continuations: { [RESUME]: resume } });
}
