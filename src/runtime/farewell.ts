/**
 * The last words of a task: what its handler left on the way, its log, its terminal frame.
 *
 * @module
 */
import type { Client } from "../supervisor/client.ts";
import type { LogChannel } from "../supervisor/log_channel.ts";
import type { TerminalMessage } from "./outcome.ts";
import type { Hurry } from "./hurry.ts";
import { hurriedSeconds, lastSeconds, restSeconds } from "./kill_time.ts";
import { Patience } from "./patience.ts";
import type { Requester } from "./requester.ts";
import type { TaskLogger } from "./task_logger.ts";

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
  /** Whether Airflow has sent SIGTERM. */
  readonly hurry: Hurry;
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
  const { client, requester, channel, log, hurry } = parts;
  if (!client.isIdle) await leftBehind(client, log, hurry);
  if (!channel.isFlushed) await flush(channel, hurriedSeconds(hurry.elapsedSeconds), hurry);
  const times = { hurriedSeconds: lastSeconds(hurry.elapsedSeconds) };
  using answering = new Patience(times, hurry.signal);
  await requester.request(outcome, { signal: answering.signal });
}

/** Hands the rest of the log over, as far as there is time. */
export async function flushRest(channel: LogChannel, hurry?: Hurry): Promise<void> {
  if (!channel.isFlushed) await flush(channel, restSeconds(hurry?.elapsedSeconds ?? 0), hurry);
}

async function flush(
  channel: LogChannel,
  seconds: number,
  hurry: Hurry | undefined,
): Promise<void> {
  using patience = new Patience({ hurriedSeconds: seconds }, hurry?.signal);
  await channel.flush(patience.signal);
}

/** What a handler asked for and did not wait for still belongs to the task. */
async function leftBehind(client: Client, log: TaskLogger, hurry: Hurry): Promise<void> {
  const hurried = hurriedSeconds(hurry.elapsedSeconds);
  const times = { seconds: LEFT_BEHIND_SECONDS, hurriedSeconds: hurried };
  using patience = new Patience(times, hurry.signal);
  if (await patience.wait(client.idle())) return;
  log.warn("Requests that the handler did not wait for were given up: no answer came in time");
  client.abandon(patience.signal.reason);
}
