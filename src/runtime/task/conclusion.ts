/**
 * The step that concludes a task: whatever left its earlier steps becomes the terminal message and a
 * log line that explains it.
 *
 * @module
 */
import { TerminalState } from "../../sdk/terminal_state.ts";
import type { HandlerCall } from "./binding.ts";
import { asError, shown } from "./failure.ts";
import { BoundedWait } from "./kill_time.ts";
import { LoadFailure, UnknownTask } from "./loading.ts";
import { denialOf } from "./permission_denial.ts";
import { decideByRule, decideRetry, type Decision, finalErrorOf } from "./retry_decision.ts";
import { nameOfTask, type RunningTask } from "./running_task.ts";
import { removed, type TerminalMessage } from "./terminal_message.ts";
import { delayFields, messageOfState } from "./terminal_state.ts";

/**
 * Turns what a step threw into the terminal message; `call` is undefined if no handler was loaded.
 *
 * @throws what was thrown, if the supervisor is gone
 */
export async function conclude(
  thrown: unknown,
  task: RunningTask,
  call: HandlerCall | undefined,
): Promise<TerminalMessage> {
  const { requester, interruption, interruption: { killTime, signal }, observer } = task;
  if (call !== undefined) interruption.endHandler();
  observer?.threw(thrown);
  if (interruption.isSupervisorGone) throw thrown;
  // The terminal message must not wait for the requests of a handler that was ended.
  if (signal.aborted) requester.abandon(signal.reason);
  using wait = new BoundedWait(killTime, killTime.hurry);
  wait.signal.addEventListener("abort", () => requester.abandon(wait.signal.reason), {
    once: true,
  });
  let message: TerminalMessage;
  try {
    message = await messageOf(thrown, task, call);
  } catch (problem) {
    // A request failed, or the thrown value is a proxy, or an error with a getter, that throws.
    if (interruption.isSupervisorGone) throw problem;
    message = logged(decideByRule(problem, task.startup), task);
  }
  return call === undefined ? message : call.completion.complete(message);
}

async function messageOf(
  thrown: unknown,
  task: RunningTask,
  call: HandlerCall | undefined,
): Promise<TerminalMessage> {
  const { log, interruption, observer } = task;
  if (thrown instanceof UnknownTask) {
    log.error(thrown.message);
    return removed();
  }
  if (thrown instanceof LoadFailure) return await loadFailure(thrown, task);
  if (!(thrown instanceof TerminalState) || finalErrorOf(thrown, task) !== undefined) {
    return logged(await decideRetry(thrown, task, call), task);
  }
  try {
    return await messageOfState(thrown, task, call?.handler.continuationNames ?? []);
  } catch (problem) {
    if (interruption.isSupervisorGone) throw problem;
    observer?.threw(problem);
    return logged(await decideRetry(problem, task, call), task);
  }
}

/** Logs why the task failed. */
function logged({ message, event, error }: Decision, { log }: RunningTask): TerminalMessage {
  log.with(delayFields(message)).error(event, shown(error));
  return message;
}

async function loadFailure(
  { message: event, thrown }: LoadFailure,
  task: RunningTask,
): Promise<TerminalMessage> {
  const name = nameOfTask(task);
  for (const error of thrown) task.log.error(event, denialOf(error, name) ?? asError(error));
  return (await decideRetry(thrown[0], task, undefined)).message;
}
