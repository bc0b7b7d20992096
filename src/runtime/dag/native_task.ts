/**
 * The handler of a task that this file defines whole.
 *
 * @module
 */
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskContext } from "../../sdk/context.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import { TaskHandler, type TaskHandlerOptions } from "../../sdk/task_handler.ts";
import type { Handler } from "../../sdk/handler.ts";

/** What there is to do around the work of such a task, since its Dag says so. */
export interface TaskPlan {
  /** The defaults of the params that the task sees. */
  paramDefaults(): Record<string, JsonValue>;
  /** The arguments, and the label of the instance, which is made of them. */
  prepare(ctx: TaskContext): Promise<TaskArgs>;
  /** After the work: resolves to what is to be pushed; undefined for nothing. */
  followUp(result: unknown, ctx: TaskContext): Promise<unknown>;
}

/** A {@linkcode TaskHandler} that knows its task's place in the Dag. */
export class NativeTaskHandler extends TaskHandler<never> {
  /** What there is to do around the work. */
  readonly plan: TaskPlan;

  /** Binds the work of a task. */
  constructor(
    dagId: string,
    taskId: string,
    handler: Handler<never>,
    { plan, ...options }: TaskHandlerOptions<never> & { plan: TaskPlan },
  ) {
    super(dagId, taskId, handler, options);
    this.plan = plan;
  }
}
