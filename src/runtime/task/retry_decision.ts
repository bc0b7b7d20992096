/**
 * Decides whether a task that failed is retried.
 *
 * A final error is never retried. Otherwise the handler's retry policy decides, and without one
 * Airflow's rule: the task is retried while it has retries left.
 *
 * @module
 */
import type { RetryTask, StartupDetails, TaskState } from "../../protocol/generated.ts";
import type { TaskContext } from "../../sdk/context.ts";
import { afterOf } from "../../sdk/terminal_state.ts";
import type { RetryDecision } from "../../sdk/handler.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import { FinalError, reasonOf, shown } from "./failure.ts";
import { BoundedWait, type KillTime } from "./kill_time.ts";
import { denialOf } from "./permission_denial.ts";
import { nameOfTask, type RunningTask } from "./running_task.ts";
import { failed, upForRetry } from "./terminal_message.ts";

/** The seconds in which a policy must decide, unless SIGTERM shortens them. */
const POLICY_SECONDS = 10;

/** The author's choice about a retry. */
export interface RetryDetails {
  /** The reason that Airflow shows. */
  readonly reason?: string | null | undefined;
  /** The seconds until the next try, or its time; null for the task's own delay. */
  readonly after?: number | Temporal.Instant | null | undefined;
}

/** The decision, with the log event and the error that explain it. */
export interface Decision {
  readonly message: RetryTask | TaskState;
  readonly event: string;
  readonly error: unknown;
}

/** Decides about `error`; a task that was not loaded has no `call`, and so no retry policy. */
export async function decideRetry(
  error: unknown,
  task: RunningTask,
  call: PolicyCall | undefined,
): Promise<Decision> {
  const { startup } = task;
  const final = finalErrorOf(error, task);
  if (final !== undefined) return failForGood(startup, final, final.why);
  const verdict = call === undefined ? {} : await consultPolicy(error, call, task);
  if (verdict === "fail") return failForGood(startup, error, "its retry policy decided so");
  return decideByRule(error, startup, verdict);
}

/** Decides by Airflow's rule alone. */
export function decideByRule(
  error: unknown,
  startup: StartupDetails,
  details?: RetryDetails,
): Decision {
  const message = retryOrFail(startup, error, details);
  const event = message.type === "RetryTask" ? "Task failed, to be retried" : "Task failed";
  return { message, event, error };
}

/** Returns the error that rules out a retry: a {@linkcode FinalError} or a denied permission. */
export function finalErrorOf(error: unknown, task: RunningTask): FinalError | undefined {
  return error instanceof FinalError ? error : denialOf(error, nameOfTask(task));
}

/**
 * Applies Airflow's rule to `error`.
 *
 * Airflow never retries a task that reports TaskState failed, and retries one that reports RetryTask
 * even beyond its last try, so `should_retry` must decide.
 */
export function retryOrFail(
  startup: StartupDetails,
  error: unknown,
  { reason, after }: RetryDetails = {},
): RetryTask | TaskState {
  if (!startup.ti_context.should_retry) return failed(startup, reason);
  const seconds = after === null || after === undefined ? undefined : secondsUntil(after);
  return upForRetry(reason ?? reasonOf(error), seconds);
}

/** The handler whose policy decides, and its context. */
interface PolicyCall {
  readonly handler: TaskHandler<object>;
  readonly ctx: TaskContext;
}

function failForGood(startup: StartupDetails, error: unknown, why: string): Decision {
  const message = failed(startup, reasonOf(error));
  return { message, event: `Task failed, not to be retried: ${why}`, error };
}

/** Calls the handler's policy. Airflow's rule applies without one, and if it fails. */
async function consultPolicy(
  error: unknown,
  { handler, ctx }: PolicyCall,
  { log, interruption: { killTime } }: RunningTask,
): Promise<"fail" | RetryDetails> {
  try {
    return verdictOf(await inTime(handler.decideRetry(error, ctx), killTime, ctx.signal));
  } catch (problem) {
    log.warn("The retry policy failed; Airflow's rule decides", shown(problem));
    return {};
  }
}

function verdictOf(decision: RetryDecision | undefined): "fail" | RetryDetails {
  if (decision === "fail") return "fail";
  if (decision === "retry" || decision === undefined || decision === null) return {};
  if (typeof decision === "object") {
    const { after, reason } = decision;
    if (reason !== undefined && typeof reason !== "string") {
      throw new TypeError(`Its reason must be a string, got ${typeof reason}`);
    }
    return { after: afterOf(after), reason };
  }
  throw new TypeError(`It must return "retry", "fail" or { after }, got ${String(decision)}`);
}

async function inTime<T>(
  deciding: Promise<T>,
  { hurriedSeconds }: KillTime,
  signal: AbortSignal,
): Promise<T> {
  using wait = new BoundedWait({ seconds: POLICY_SECONDS, hurriedSeconds }, signal);
  if (await wait.until(deciding.then(() => {}))) return await deciding;
  const seconds = signal.aborted ? Number(hurriedSeconds.toFixed(2)) : POLICY_SECONDS;
  throw new Error(`It did not decide within ${seconds} s`);
}

function secondsUntil(after: number | Temporal.Instant): number {
  if (typeof after === "number") return after;
  return Math.max(0, (after.epochMilliseconds - Date.now()) / 1000);
}
