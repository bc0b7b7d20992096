/**
 * The step that loads a task's handler.
 *
 * @module
 */
import type { HandlerRegistry } from "../../sdk/handler_registry.ts";
import type { Permissions } from "../../sdk/permissions.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import type { Contents } from "../dag/contents.ts";
import { dagLoaderContext } from "../dag/dag_loader.ts";
import type { RunningTask } from "./running_task.ts";

const FILE_EVENT = "Cannot load a file of the bundle";

/** A bundle's contents and permissions, or the reason why it could not be loaded. */
export type LoadedBundle =
  | { readonly contents: Contents; readonly permissions?: Permissions }
  | { readonly failure: unknown };

/** Thrown when the bundle, or a file of it that may contain the task, cannot be loaded. */
export class LoadFailure extends Error {
  override readonly name = "LoadFailure";
  /** The thrown values, one for each file. */
  readonly thrown: readonly unknown[];

  /** Creates one for the log event `event`. */
  constructor(event: string, thrown: readonly unknown[]) {
    super(event, { cause: thrown[0] });
    this.thrown = thrown;
  }
}

/** Thrown when the bundle does not contain the task. */
export class UnknownTask extends Error {
  override readonly name = "UnknownTask";
}

/**
 * Loads the files of the bundle until one of them has the task, and returns its handler.
 *
 * @throws {LoadFailure} when the bundle cannot be loaded, or no file that was loaded has the task
 * and some files cannot be loaded
 * @throws {UnknownTask} when the bundle does not contain the task
 */
export async function loadHandler(
  bundle: LoadedBundle,
  { startup, requester, log, interruption }: RunningTask,
): Promise<TaskHandler<object>> {
  if ("failure" in bundle) throw new LoadFailure("Cannot load the bundle", [bundle.failure]);
  const { contents, contents: { handlers } } = bundle;
  const { dag_id: dagId, task_id: taskId } = startup.ti;
  const find = (): TaskHandler<object> | undefined => handlers.find(dagId, taskId);
  const context = dagLoaderContext(requester, log);
  let thrown: readonly unknown[];
  try {
    thrown = await interruption.wait(() => contents.loadTask(dagId, taskId, context));
  } catch (error) {
    if (interruption.isSupervisorGone) throw error;
    throw new LoadFailure(FILE_EVENT, [error]);
  }
  const handler = find();
  if (handler !== undefined) return handler;
  if (thrown.length > 0) throw new LoadFailure(FILE_EVENT, thrown);
  throw new UnknownTask(unknownTask(dagId, taskId, handlers));
}

function unknownTask(dagId: string, taskId: string, handlers: HandlerRegistry): string {
  const known = handlers.taskIds(dagId).map((id) => `"${id}"`).join(", ");
  const has = known === "" ? `the bundle has no task of Dag "${dagId}"` : `the bundle has ${known}`;
  return `Cannot run task "${dagId}.${taskId}": ${has}`;
}
