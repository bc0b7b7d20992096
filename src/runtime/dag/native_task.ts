/**
 * The handlers of native Dags' tasks.
 *
 * @module
 */
import type { JsonValue } from "../../protocol/value.ts";
import type { TaskContext } from "../../sdk/context.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import { TaskHandler, type TaskHandlerOptions } from "../../sdk/task_handler.ts";
import type { Handler } from "../../sdk/handler.ts";

/** The steps around a task's handler that its Dag defines. */
export interface TaskPlan {
  /** Returns the defaults of the task's params. */
  paramDefaults(): Record<string, JsonValue>;
  /** Reads the arguments and sets the label of a mapped instance. */
  prepare(ctx: TaskContext): Promise<TaskArgs>;
  /** Acts on the handler's result; resolves to the value to push, or undefined for none. */
  followUp(result: unknown, ctx: TaskContext): Promise<unknown>;
}

/** The {@linkcode TaskHandler} of a native Dag's task. */
export class NativeTaskHandler extends TaskHandler<never> {
  /** The steps around the handler. */
  readonly plan: TaskPlan;

  /** Binds a handler to its task. */
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
