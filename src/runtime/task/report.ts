/**
 * The step that reports a task's terminal state: pending requests and the log, then the terminal
 * message.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { LogChannel } from "../../supervisor/log_channel.ts";
import type { Session } from "../session.ts";
import { BoundedWait, type KillTime } from "./kill_time.ts";
import { retryOrFail } from "./retry_decision.ts";
import type { RunningTask } from "./running_task.ts";
import type { TerminalMessage } from "./terminal_message.ts";

/**
 * The seconds for requests that a handler did not wait for. Airflow answers one after the other, in
 * some 10 to 30 ms each.
 */
const PENDING_SECONDS = 300;

/**
 * Reports `message`, or a failure if `message` is not valid for Airflow. Returns what was reported.
 *
 * @throws {TaskRuntimeError} when the supervisor is gone, refuses the message or does not reply
 */
export async function report(
  message: TerminalMessage,
  task: RunningTask,
  session: Session,
): Promise<TerminalMessage> {
  try {
    await send(message, task, session);
    return message;
  } catch (error) {
    if (!isUnsent(error)) throw error;
    task.log.error("Task failed: its terminal message is not valid", error);
    const failure = retryOrFail(task.startup, error);
    await send(failure, task, session);
    return failure;
  }
}

/**
 * Sends a terminal message after everything that precedes it.
 *
 * The log precedes it because Airflow ends the process some seconds after the terminal message
 * (`[core] task_success_overtime`) and takes longer to read a long log.
 */
async function send(
  message: TerminalMessage,
  { requester, interruption: { killTime } }: RunningTask,
  session: Session,
): Promise<void> {
  if (!session.client.isIdle) await finishRequests(session, killTime);
  if (!session.channel.isFlushed) await flush(session.channel, killTime.hurriedSeconds, killTime);
  using wait = new BoundedWait({ hurriedSeconds: killTime.lastSeconds }, killTime.hurry);
  await requester.request(message, { signal: wait.signal });
}

/** Delivers the rest of the log before the process exits. */
export async function flushRest({ channel, killTime }: Session): Promise<void> {
  if (channel.isFlushed) return;
  if (killTime === undefined) await channel.flush();
  else await flush(channel, killTime.lastSeconds, killTime);
}

async function flush(
  channel: LogChannel,
  hurriedSeconds: number,
  { hurry }: KillTime,
): Promise<void> {
  using wait = new BoundedWait({ hurriedSeconds }, hurry);
  await channel.flush(wait.signal);
}

/** Waits for the requests that the handler did not wait for, and abandons those without a reply. */
async function finishRequests({ client, log }: Session, killTime: KillTime): Promise<void> {
  const limits = { seconds: PENDING_SECONDS, hurriedSeconds: killTime.hurriedSeconds };
  using wait = new BoundedWait(limits, killTime.hurry);
  if (await wait.until(client.idle())) return;
  log.warn("Abandoned requests that the handler did not await: no reply came in time");
  client.abandon(wait.signal.reason);
}

/** Tells whether the runtime refused the message itself, without sending anything. */
function isUnsent(error: unknown): error is TaskRuntimeError {
  return error instanceof TaskRuntimeError && error.code === "INVALID" &&
    error.detail === undefined;
}
