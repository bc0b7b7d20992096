/**
 * One task, from the start-up details to the frame that ends it.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import { enterContext, type TaskContext } from "../../sdk/context.ts";
import { TaskEnding } from "../../sdk/ending.ts";
import type { HandlerRegistry } from "../../sdk/handler_registry.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import { bindArguments } from "./arguments.ts";
import { Completion } from "./completion.ts";
import { conclude, concludeFailure, shown } from "./conclusion.ts";
import { contextOf, taskInstanceOf } from "../context/context.ts";
import { denialOf } from "./permission_denial.ts";
import { FinalError } from "./failure.ts";
import type { Interruption } from "./interruption.ts";
import { NativeTaskHandler } from "../dag/native_task.ts";
import {
  failedForGood,
  reasonOf,
  removed,
  succeeded,
  type TerminalMessage,
} from "./terminal_message.ts";
import { checkArguments, checkResult } from "./handler_schema.ts";
import type { Requester } from "../requester.ts";
import { Patience } from "./patience.ts";
import { isResumed, resume } from "./binding.ts";
import { judge } from "./retry_decision.ts";
import type { TaskLogger } from "../logging/task_logger.ts";
import { AirflowXComs, RETURN_VALUE } from "../context/xcoms.ts";

const NOT_TOLD = "; Airflow 3.4 tells arguments to bundles of schema 2026-10-30 only: " +
  "pack it with --schema 2026-10-30";

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
  /** Is told what the frames do not tell whole; nobody listens when absent. */
  readonly observer?: ExecutionObserver | undefined;
}

/** Sees how a handler ended, value and error as they are. */
export interface ExecutionObserver {
  /** The handler, or its continuation, returned. */
  returned(value: unknown): void;
  /** The task ends with what was thrown. */
  threw(error: unknown): void;
}

/**
 * Runs the handler of a task, or the continuation that it waited for, and pushes what it returns.
 *
 * Resolves to the frame that tells Airflow how it ended; rejects only when the supervisor is gone,
 * since nobody is left to tell.
 */
export async function execute(execution: Execution): Promise<TerminalMessage> {
  const { startup, handlers, requester, log, interruption } = execution;
  const handler = handlers.find(startup.ti.dag_id, startup.ti.task_id);
  if (handler === undefined) {
    log.error(unknownTask(startup, handlers));
    return removed();
  }
  const completion = new Completion(requester, taskInstanceOf(startup));
  const params = handler instanceof NativeTaskHandler ? handler.plan.paramDefaults() : {};
  const ctx = contextOf(startup, { requester, log, interruption, completion, params });
  using _entered = enterContext(ctx);
  try {
    await run(handler, ctx, completion, execution);
    return completion.complete(succeeded());
  } catch (error) {
    execution.observer?.threw(error);
    if (interruption.isSupervisorGone) throw error;
    // A handler that was ended leaves requests behind; the last frame must not wait for them.
    if (interruption.signal.aborted) requester.abandon(interruption.signal.reason);
    return completion.complete(await concludeSafely(error, handler, ctx, execution));
  }
}

/**
 * A proxy may throw at every look at it, and so may a getter of an error: that is a failure too, and
 * so is an end that asks Airflow for something, and is not answered when it should be over.
 */
async function concludeSafely(
  thrown: unknown,
  handler: TaskHandler<object>,
  ctx: TaskContext,
  execution: Execution,
): Promise<TerminalMessage> {
  const { requester, interruption } = execution;
  const { killTime } = interruption;
  using patience = new Patience(killTime, killTime.hurry);
  const { signal } = patience;
  signal.addEventListener("abort", () => requester.abandon(signal.reason), { once: true });
  try {
    return await concludeThrown(thrown, handler, ctx, execution);
  } catch (problem) {
    if (interruption.isSupervisorGone) throw problem;
    return concludeFailure(problem, execution);
  }
}

async function run(
  handler: TaskHandler<object>,
  ctx: TaskContext,
  completion: Completion,
  execution: Execution,
): Promise<void> {
  const { startup, requester, interruption } = execution;
  const plan = handler instanceof NativeTaskHandler ? handler.plan : undefined;
  await interruption.wait(async () => {
    await completion.outlets.declare(handler.outlets);
    await clearXComs(startup, requester);
    await plan?.limitTime(ctx);
  });
  const returned = await interruption.race(async () => {
    if (plan === undefined) {
      if (isResumed(startup)) return await resume(handler, startup, ctx);
      return await handler.run(await argumentsOf(handler, execution), ctx);
    }
    // Before a continuation too: Airflow deletes the label of a mapped instance that reports none.
    const args = await plan.prepare(ctx);
    return isResumed(startup) ? await resume(handler, startup, ctx) : await handler.run(args, ctx);
  });
  await interruption.wait(async () => {
    const checked = await checkResult(handler, returned);
    execution.observer?.returned(checked);
    const result = plan === undefined ? checked : await plan.followUp(checked, ctx);
    if (result !== undefined && result !== null) await ctx.xcoms.set(RETURN_VALUE, result);
    await completion.skips.send();
  });
}

async function argumentsOf(
  handler: TaskHandler<object>,
  { startup, requester, log }: Execution,
): Promise<object> {
  const args = await bindArguments(startup, requester, log);
  return await checkArguments(
    handler,
    args,
    startup.ti_context.arg_bindings === undefined ? NOT_TOLD : "",
  );
}

/** A state that the task put itself in, or a failure that its retry policy may have a word on. */
async function concludeThrown(
  thrown: unknown,
  handler: TaskHandler<object>,
  ctx: TaskContext,
  execution: Execution,
): Promise<TerminalMessage> {
  const { startup, log, interruption } = execution;
  let error = thrown;
  const final = thrown instanceof FinalError ? thrown : denialOf(thrown, taskOf(startup));
  if (final !== undefined) {
    log.error(`Task failed, not to be retried: ${final.why}`, final);
    return failedForGood(startup, reasonOf(final));
  }
  if (thrown instanceof TaskEnding) {
    try {
      return await conclude(thrown, { ...execution, continuations: handler.continuationNames });
    } catch (problem) {
      if (interruption.isSupervisorGone) throw problem;
      error = problem;
      execution.observer?.threw(problem);
    }
  }
  const verdict = await judge(error, handler, ctx, { log, killTime: interruption.killTime });
  if (verdict !== "fail") return concludeFailure(error, execution, verdict);
  log.error("Task failed, not to be retried: its retry policy says so", shown(error));
  return failedForGood(startup, reasonOf(error));
}

/** Airflow 3.3 leaves it to the runtime to clear what an earlier try pushed. */
async function clearXComs(startup: StartupDetails, requester: Requester): Promise<void> {
  const keys = startup.ti_context.xcom_keys_to_clear ?? [];
  if (keys.length === 0) return;
  const { dag_id: dagId, run_id: runId, task_id: taskId, map_index } = startup.ti;
  const xcoms = new AirflowXComs(requester, { dagId, runId, taskId, mapIndex: map_index ?? -1 });
  for (const key of keys) await xcoms.delete(key);
}

function taskOf({ ti }: StartupDetails): string {
  return `${ti.dag_id}.${ti.task_id}`;
}

function unknownTask({ ti }: StartupDetails, handlers: HandlerRegistry): string {
  const known = handlers.taskIds(ti.dag_id);
  const has = known.length > 0
    ? `the bundle has ${known.map((id) => `"${id}"`).join(", ")}`
    : `the bundle has no task of Dag "${ti.dag_id}"`;
  return `Cannot run task "${ti.dag_id}.${ti.task_id}": ${has}`;
}
