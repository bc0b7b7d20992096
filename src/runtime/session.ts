/**
 * The first step of a launch: the connection to the supervisor, with everything that uses it.
 *
 * @module
 */
import { Client, type ClientOptions } from "../supervisor/client.ts";
import { FrameConnection } from "../supervisor/frame_connection.ts";
import { LogChannel, type LogChannelOptions } from "../supervisor/log_channel.ts";
import { LogLevelFilter } from "../supervisor/log_level.ts";
import type { Transport } from "../supervisor/transport.ts";
import type { LoadingWatch, Watch } from "./launch/process_watch.ts";
import { TaskLogger } from "./logging/task_logger.ts";
import type { KillTime } from "./task/kill_time.ts";

/** The two streams to the supervisor. */
export interface Transports {
  /** Carries frames in both directions. */
  readonly comm: Transport;
  /** Carries log lines to the supervisor. */
  readonly logs: Transport;
}

/** Time and memory limits; the defaults suit Airflow's supervisor. */
export type SessionSettings = ClientOptions & LogChannelOptions;

/** The process that a session runs in. */
export interface Host {
  /** Reads an environment variable. */
  env(name: string): string | undefined;
  /** Sends what the author's code prints by `console` to `logger`. */
  captureConsole(logger: TaskLogger): void;
  /** Watches the bundle that loads; absent in tests. */
  readonly loading?: Pick<LoadingWatch, "failure" | "race" | "unclaimed">;
  /** Watches for what must end the handler. */
  readonly watch: Watch;
  /** Receives what the handler returned or threw. */
  readonly observer?: ExecutionObserver;
}

/** Receives what a handler returned or threw, which the messages carry only in part. */
export interface ExecutionObserver {
  /** Receives what the handler, or its continuation, returned. */
  returned(value: unknown): void;
  /** Receives what the task failed with. */
  threw(error: unknown): void;
}

/** An open connection to the supervisor. */
export interface Session {
  readonly client: Client;
  /** Delivers log lines. */
  readonly channel: LogChannel;
  readonly log: TaskLogger;
  readonly host: Host;
  /** The time between SIGTERM and SIGKILL, known once a task has started. */
  killTime: KillTime | undefined;
}

/** Opens a session. The environment sets the log level, which no message carries. */
export function openSession(
  { comm, logs }: Transports,
  host: Host,
  settings: SessionSettings,
): Session {
  const levels = new LogLevelFilter(
    host.env("AIRFLOW__LOGGING__LOGGING_LEVEL"),
    host.env("AIRFLOW__LOGGING__NAMESPACE_LEVELS"),
  );
  const channel = new LogChannel(logs, levels, settings);
  const client = new Client(new FrameConnection(comm), settings);
  return { client, channel, log: new TaskLogger(channel, "task"), host, killTime: undefined };
}
