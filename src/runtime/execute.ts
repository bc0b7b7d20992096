/**
 * One task, from the start-up details to the frame that ends it.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { StartupDetails } from "../protocol/generated.ts";
import { enterContext } from "../sdk/context.ts";
import type { HandlerRegistry } from "../sdk/handler_registry.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import { contextOf } from "./context.ts";
import type { Interruption } from "./interruption.ts";
import { failed, removed, succeeded, type TerminalMessage } from "./outcome.ts";
import type { Requester } from "./requester.ts";
import type { TaskLogger } from "./task_logger.ts";
import { AirflowXComs, RETURN_VALUE } from "./xcoms.ts";

/** What a task's run needs. */
export interface Execution {
  /** What the supervisor said at the start. */
  readonly startup: StartupDetails;
  /** The bundle's handlers. */
  readonly handlers: HandlerRegistry;
  /** Sends requests to the supervisor. */
  readonly requester: Requester;
  /** Writes to the task log. */
  readonly log: TaskLogger;
  /** What may end the handler from outside. */
  readonly interruption: Interruption;
}

/**
 * Runs the handler of a task and pushes what it returns.
 *
 * Resolves to the frame that tells Airflow how it ended; rejects only when the supervisor is gone,
 * since nobody is left to tell.
 */
export async function execute(execution: Execution): Promise<TerminalMessage> {
  const { startup, handlers, log } = execution;
  const handler = handlers.find(startup.ti.dag_id, startup.ti.task_id);
  if (handler === undefined) {
    log.error(unknownTask(startup, handlers));
    return removed();
  }
  try {
    await run(handler, execution);
    return succeeded();
  } catch (error) {
    if (isGone(error)) throw error;
    const outcome = failed(startup, error);
    log.log(
      "error",
      outcome.type === "RetryTask" ? "Task failed, to be retried" : "Task failed",
      error instanceof Error ? error : { error },
    );
    return outcome;
  }
}

async function run(handler: TaskHandler, execution: Execution): Promise<void> {
  const { startup, requester, log, interruption } = execution;
  await clearXComs(startup, requester);
  const ctx = contextOf(startup, { requester, log, signal: interruption.signal });
  using _entered = enterContext(ctx);
  const result = await interruption.race(async () => await handler.run({}, ctx));
  if (result !== undefined && result !== null) await ctx.xcoms.set(RETURN_VALUE, result);
}

/** Airflow 3.3 leaves it to the runtime to clear what an earlier try pushed. */
async function clearXComs(startup: StartupDetails, requester: Requester): Promise<void> {
  const keys = startup.ti_context.xcom_keys_to_clear ?? [];
  if (keys.length === 0) return;
  const { dag_id: dagId, run_id: runId, task_id: taskId, map_index } = startup.ti;
  const xcoms = new AirflowXComs(requester, { dagId, runId, taskId, mapIndex: map_index ?? -1 });
  for (const key of keys) await xcoms.delete(key);
}

function isGone(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "CLOSED";
}

function unknownTask({ ti }: StartupDetails, handlers: HandlerRegistry): string {
  const known = handlers.taskIds(ti.dag_id);
  const has = known.length > 0
    ? `the bundle has ${known.map((id) => `"${id}"`).join(", ")}`
    : `the bundle has no task of Dag "${ti.dag_id}"`;
  return `Cannot run task "${ti.dag_id}.${ti.task_id}": ${has}`;
}
