/**
 * The handler of a task that this file defines whole.
 *
 * @module
 */
import { TaskHandler } from "../task_handler.ts";
import { Asset } from "./asset.ts";
import type { HandlerWork, TaskDefinition } from "./definition.ts";

/** A {@linkcode TaskHandler} that knows its task's place in the Dag. */
export class NativeTaskHandler extends TaskHandler<never> {
  /** The task. */
  readonly task: TaskDefinition;

  /** Binds the work of a task. */
  constructor(task: TaskDefinition, { handler }: HandlerWork) {
    const { retryPolicy, continuations, outlets = [] } = task.options;
    super(task.dag.dagId, task.id, handler, {
      ...(retryPolicy === undefined ? {} : { retries: retryPolicy }),
      ...(continuations === undefined ? {} : { continuations }),
      outlets: outlets.filter((each) => each instanceof Asset),
    });
    this.task = task;
  }
}
