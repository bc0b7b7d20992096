/**
 * The code of one task.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { TaskContext } from "./context.ts";

/** The arguments that Airflow hands to a task, by name. */
export type TaskArgs = Readonly<Record<string, unknown>>;

/**
 * What an author writes: the work of one task.
 *
 * What it returns becomes the XCom `return_value` (`undefined` and `null` push nothing); what it
 * throws fails the task, or sends it to its next try while it has one.
 */
export type Handler<Args = TaskArgs, Result = unknown> = (
  args: Args,
  ctx: TaskContext,
) => Result | Promise<Result>;

/** Airflow's rule for dag and task ids: letters, digits, `_`, `-`, `.`, 250 characters at most. */
const ID = /^[\p{L}\p{N}_.-]{1,250}$/u;

/**
 * Binds a {@linkcode Handler} to the task it runs for.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const extract = new TaskHandler("etl", "extract", (_args, ctx) => {
 *   ctx.log.info("extracting");
 *   return { rows: 42 };
 * });
 * assertEquals(extract.taskId, "extract");
 * ```
 */
export class TaskHandler<Args = TaskArgs, Result = unknown> {
  /** The id of the Dag whose task this is. */
  readonly dagId: string;
  /** The id of the task within its Dag, group prefixes included. */
  readonly taskId: string;
  readonly #handler: Handler<Args, Result>;

  /**
   * Binds `handler` to the task `taskId` of the Dag `dagId`.
   *
   * @throws {TaskRuntimeError} `INVALID` when an id is not one that Airflow allows
   */
  constructor(dagId: string, taskId: string, handler: Handler<Args, Result>) {
    checkId("Dag", dagId);
    checkId("task", taskId);
    if (typeof handler !== "function") {
      throw new TaskRuntimeError(
        "INVALID",
        `Cannot make the handler of task "${dagId}.${taskId}": the third argument is no function`,
      );
    }
    this.dagId = dagId;
    this.taskId = taskId;
    this.#handler = handler;
  }

  /** Runs the handler; the runtime calls this, and so may a test. */
  run(args: Args, ctx: TaskContext): Result | Promise<Result> {
    return this.#handler(args, ctx);
  }
}

function checkId(what: "Dag" | "task", id: string): void {
  if (typeof id === "string" && ID.test(id)) return;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot use "${id}" as a ${what} id: Airflow allows 1 to 250 letters, digits, "_", "-" and "."`,
  );
}
