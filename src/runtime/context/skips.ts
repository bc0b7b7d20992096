/**
 * `ctx.skipDownstream()`: the tasks to skip, kept until the task has succeeded.
 *
 * @module
 */
import type { TaskInstance } from "../../sdk/context.ts";
import type { SkippedTask } from "../../sdk/context.ts";
import { invalid } from "./json_check.ts";
import type { Requester } from "../requester.ts";

/** Under which Airflow's scheduler looks for what a task has skipped, should it be cleared. */
const DECISION_KEY = "skipmixin_key";

/** Collects the tasks to skip. */
export class Skips {
  readonly #requester: Requester;
  readonly #ti: TaskInstance;
  readonly #tasks = new Map<string, SkippedTask>();

  /** Sends through `requester`, on behalf of the task instance `ti`. */
  constructor(requester: Requester, ti: TaskInstance) {
    this.#requester = requester;
    this.#ti = ti;
  }

  /** Has `tasks` skipped once the task has succeeded. */
  add(...tasks: readonly SkippedTask[]): void {
    for (const task of tasks) {
      const [id, mapIndex] = typeof task === "string" ? [task, undefined] : task;
      const isIndex = mapIndex === undefined || (Number.isSafeInteger(mapIndex) && mapIndex >= -1);
      if (typeof id !== "string" || id === "" || !isIndex) {
        throw invalid(
          `skip task "${String(id)}"`,
          'it must be named by its id, or by [id, index]: "load" or ["load", 2]',
        );
      }
      // Beside a mapped task only those of its own index are skipped: the others have their own.
      const own = mapIndex === undefined && this.#ti.mapIndex >= 0;
      this.#tasks.set(JSON.stringify(task), own ? [id, this.#ti.mapIndex] : task);
    }
  }

  /**
   * Tells Airflow, just before the end that says success: tasks skipped earlier would stay so even
   * if this task failed.
   */
  async send(): Promise<void> {
    if (this.#tasks.size === 0) return;
    const tasks = [...this.#tasks.values()];
    const skipped = [...new Set(tasks.map((task) => typeof task === "string" ? task : task[0]))];
    const { dagId, runId, taskId, mapIndex } = this.#ti;
    await this.#requester.request({
      type: "SetXCom",
      key: DECISION_KEY,
      value: { skipped },
      dag_id: dagId,
      run_id: runId,
      task_id: taskId,
      map_index: mapIndex >= 0 ? mapIndex : null,
    });
    await this.#requester.request({ type: "SkipDownstreamTasks", tasks });
  }
}
