/**
 * The last words of a task: what its handler left on the way, its log, its terminal frame.
 *
 * @module
 */
import type { Client } from "../../supervisor/client.ts";
import type { LogChannel } from "../../supervisor/log_channel.ts";
import type { TerminalMessage } from "./terminal_message.ts";
import type { KillTime } from "./kill_time.ts";
import { Patience } from "./patience.ts";
import type { Requester } from "../requester.ts";
import type { TaskLogger } from "../logging/task_logger.ts";

/**
 * Seconds that the requests a handler left behind may take. Airflow answers one after the other, in
 * some 10 to 30 ms each.
 */
const LEFT_BEHIND_SECONDS = 300;

/** What a farewell needs. */
export interface Farewell {
  /** The connection, with what is still under way on it. */
  readonly client: Client;
  /** Sends the terminal frame. */
  readonly requester: Requester;
  /** Where the log leaves. */
  readonly channel: LogChannel;
  /** Writes to the task log. */
  readonly log: TaskLogger;
  /** What Airflow leaves of time when it has sent SIGTERM. */
  readonly killTime: KillTime;
}

/**
 * Tells Airflow how the task ended, after all that belongs before it.
 *
 * The log goes first: from the terminal frame on Airflow gives a process some seconds
 * (`[core] task_success_overtime`), then ends it and fails the task, and its reader of a long log
 * takes longer than that.
 *
 * @throws {TaskRuntimeError} when Airflow could not be told, or did not answer
 */
export async function farewell(outcome: TerminalMessage, parts: Farewell): Promise<void> {
  const { client, requester, channel, log, killTime } = parts;
  if (!client.isIdle) await leftBehind(client, log, killTime);
  if (!channel.isFlushed) await flush(channel, killTime.hurriedSeconds, killTime.hurry);
  using answering = new Patience({ hurriedSeconds: killTime.lastSeconds }, killTime.hurry);
  await requester.request(outcome, { signal: answering.signal });
}

/** Hands the rest of the log over, as far as there is time. */
export async function flushRest(channel: LogChannel, killTime?: KillTime): Promise<void> {
  if (channel.isFlushed) return;
  if (killTime === undefined) await channel.flush();
  else await flush(channel, killTime.lastSeconds, killTime.hurry);
}

async function flush(
  channel: LogChannel,
  hurriedSeconds: number,
  hurry: AbortSignal,
): Promise<void> {
  using patience = new Patience({ hurriedSeconds }, hurry);
  await channel.flush(patience.signal);
}

/** What a handler asked for and did not wait for still belongs to the task. */
async function leftBehind(client: Client, log: TaskLogger, killTime: KillTime): Promise<void> {
  const times = { seconds: LEFT_BEHIND_SECONDS, hurriedSeconds: killTime.hurriedSeconds };
  using patience = new Patience(times, killTime.hurry);
  if (await patience.wait(client.idle())) return;
  log.warn("Requests that the handler did not wait for were given up: no answer came in time");
  client.abandon(patience.signal.reason);
}
