/**
 * Tasks that wait for a trigger.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import type { Continuation, ResumableHandler, TaskArgs } from "./handler.ts";
import { DeferTask, type DeferTaskOptions } from "./terminal_state.ts";
import type { Trigger } from "./trigger.ts";

/** The name under which Airflow keeps the continuation. */
const RESUME = "triggered";

/** A trigger, or a function that makes one from arguments and context when the task starts. */
export type TriggerSource<Event, Args = TaskArgs> =
  | Trigger<Event>
  | ((args: Args, ctx: TaskContext) => Trigger<Event> | Promise<Trigger<Event>>);

/** The options of {@linkcode defer}. */
export type DeferOptions = Readonly<Pick<DeferTaskOptions, "timeout" | "kwargs" | "queue">>;

/**
 * Makes the handler of a task that waits for a trigger, and resumes with the event.
 *
 * The task occupies no worker while it waits. `resume` runs in another process than the function
 * that makes the trigger; it receives the task's arguments again.
 *
 * @example
 * ```ts
 * import { defer, externalTaskTrigger, FailTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const wait = new TaskHandler("etl", "wait", defer(
 *   ({ dagId }: { dagId: string }, ctx) => externalTaskTrigger({ dagId, runIds: [ctx.runId] }),
 *   ({ status }, _ctx, { args }) => {
 *     if (status !== "success") throw new FailTask(`${args.dagId} is ${status}`);
 *   },
 *   { timeout: { hours: 6 } },
 * ));
 * ```
 */
export function defer<Event, Result, Args = TaskArgs>(
  trigger: TriggerSource<Event, Args>,
  resume: Continuation<Event, Result, NoInfer<Args>>,
  options: DeferOptions = {},
): ResumableHandler<Args, Result> {
  const start = async (args: Args, ctx: TaskContext): Promise<never> => {
    const awaited = typeof trigger === "function" ? await trigger(args, ctx) : trigger;
    throw new DeferTask({ ...options, trigger: awaited, resume: RESUME });
  };
  return Object.assign(start, { continuations: { [RESUME]: resume } });
}
