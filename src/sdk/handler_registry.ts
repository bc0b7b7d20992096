/**
 * The handlers of a bundle, by Dag and task.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { TaskHandler } from "./task_handler.ts";

/** The handlers that a bundle registers, in the order of registration. */
export class HandlerRegistry {
  readonly #dags = new Map<string, Map<string, TaskHandler<object>>>();

  /**
   * Adds handlers.
   *
   * @throws {TaskRuntimeError} `CONFLICT` when a task already has a handler
   */
  add(...handlers: readonly TaskHandler<object>[]): void {
    for (const handler of handlers) {
      const tasks = this.#dags.get(handler.dagId) ?? new Map<string, TaskHandler<object>>();
      if (tasks.has(handler.taskId)) {
        throw new TaskRuntimeError(
          "CONFLICT",
          `Cannot register task "${handler.dagId}.${handler.taskId}": it already has a handler`,
        );
      }
      tasks.set(handler.taskId, handler);
      this.#dags.set(handler.dagId, tasks);
    }
  }

  /** Returns the handler of a task; undefined when the bundle has none. */
  find(dagId: string, taskId: string): TaskHandler<object> | undefined {
    return this.#dags.get(dagId)?.get(taskId);
  }

  /** The ids of the Dags, in the order of registration. */
  get dagIds(): string[] {
    return [...this.#dags.keys()];
  }

  /** Returns the task ids of a Dag, in the order of registration; empty for an unknown Dag. */
  taskIds(dagId: string): string[] {
    return [...this.#dags.get(dagId)?.keys() ?? []];
  }
}
