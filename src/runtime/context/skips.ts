/**
 * `ctx.skipDownstream()`: the tasks to skip, kept until the task succeeds.
 *
 * @module
 */
import type { SkippedTask, TaskInstance } from "../../sdk/context.ts";
import { cannot } from "./checks.ts";
import type { Requester } from "../requester.ts";

/** The XCom in which the scheduler looks up the skipped tasks when the task is cleared. */
const DECISION_KEY = "skipmixin_key";

/** Collects the tasks to skip. */
export class Skips {
  readonly #requester: Requester;
  readonly #ti: TaskInstance;
  readonly #tasks = new Map<string, SkippedTask>();

  /** Sends through `requester`, for the task instance `ti`. */
  constructor(requester: Requester, ti: TaskInstance) {
    this.#requester = requester;
    this.#ti = ti;
  }

  /** Adds tasks to skip. */
  add(...tasks: readonly SkippedTask[]): void {
    for (const task of tasks) {
      const [id, mapIndex] = typeof task === "string" ? [task, undefined] : task;
      const isIndex = mapIndex === undefined || (Number.isSafeInteger(mapIndex) && mapIndex >= -1);
      if (typeof id !== "string" || id === "" || !isIndex) {
        throw cannot(
          `skip task "${String(id)}"`,
          'must be an id or [id, mapIndex]: "load" or ["load", 2]',
        );
      }
      // A mapped task skips the instances of its own index; other instances skip theirs.
      const own = mapIndex === undefined && this.#ti.mapIndex >= 0;
      this.#tasks.set(JSON.stringify(task), own ? [id, this.#ti.mapIndex] : task);
    }
  }

  /**
   * Sends the tasks to skip, just before the terminal message: if the task failed, tasks that were
   * skipped earlier would stay skipped.
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
