/**
 * `ctx.setExecutionTimeout()`.
 *
 * @module
 */
import { type Duration, secondsOf } from "../../sdk/time.ts";
import type { Requester } from "../requester.ts";
import type { Interruption } from "../task/interruption.ts";
import { invalid } from "./json_check.ts";

/** The parts that enforce an execution timeout. */
export interface ExecutionTimeoutParts {
  /** Reports the timeout to the supervisor. */
  readonly requester: Requester;
  /** Interrupts the handler. */
  readonly interruption: Pick<Interruption, "limit">;
  /** True when the schema version has SetExecutionTimeout, which an older Airflow would not answer. */
  readonly isReported: boolean;
}

/** Limits the handler's time from now on, here and in the supervisor. */
export async function setExecutionTimeout(
  timeout: Duration,
  { requester, interruption, isReported }: ExecutionTimeoutParts,
): Promise<void> {
  const seconds = secondsOf(timeout, "Cannot set the execution timeout", "timeout");
  if (seconds === 0) throw invalid("set the execution timeout", '"timeout" must be above 0');
  interruption.limit(seconds);
  if (!isReported) return;
  await requester.request({ type: "SetExecutionTimeout", timeout_seconds: seconds });
}
