/**
 * What a handler's retry policy makes of an error.
 *
 * @module
 */
import type { TaskContext } from "../../sdk/context.ts";
import { afterOf } from "../../sdk/ending.ts";
import type { RetryDecision } from "../../sdk/retry_policy.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import { shown } from "./conclusion.ts";
import type { FailureDetails } from "./terminal_message.ts";
import type { KillTime } from "./kill_time.ts";
import { Patience } from "./patience.ts";
import type { TaskLogger } from "../logging/task_logger.ts";

/** Seconds that a policy may think, unless Airflow has asked the task to end, and will kill it soon. */
const DEADLINE_SECONDS = 10;

/** Airflow's own rule, or the policy's word. */
export type Verdict = "fail" | FailureDetails;

/** Asks the handler's policy about `error`; Airflow's rule holds when it has none, or fails. */
export async function judge(
  error: unknown,
  handler: TaskHandler<object>,
  ctx: TaskContext,
  { log, killTime }: { readonly log: TaskLogger; readonly killTime: KillTime },
): Promise<Verdict> {
  try {
    const { hurriedSeconds } = killTime;
    return verdictOf(await inTime(handler.decideRetry(error, ctx), hurriedSeconds, ctx.signal));
  } catch (problem) {
    log.warn("The retry policy failed; whether to retry is left to Airflow's rule", shown(problem));
    return {};
  }
}

function verdictOf(decision: RetryDecision | undefined): Verdict {
  if (decision === "fail") return "fail";
  if (decision === "retry" || decision === undefined || decision === null) return {};
  if (typeof decision === "object") {
    const { after, reason } = decision;
    if (reason !== undefined && typeof reason !== "string") {
      throw new TypeError(`Its reason is no text but ${typeof reason}`);
    }
    return { after: afterOf(after), reason };
  }
  throw new TypeError(`It returned ${String(decision)}: not "retry", "fail" or { after }`);
}

async function inTime<T>(
  thinking: Promise<T>,
  hurriedSeconds: number,
  signal: AbortSignal,
): Promise<T> {
  using patience = new Patience({ seconds: DEADLINE_SECONDS, hurriedSeconds }, signal);
  if (await patience.wait(thinking.then(() => {}))) return await thinking;
  const seconds = signal.aborted ? Number(hurriedSeconds.toFixed(2)) : DEADLINE_SECONDS;
  throw new Error(`It did not decide within ${seconds} s`);
}
