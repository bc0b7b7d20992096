/**
 * The second socket, which carries log lines to the task log.
 *
 * @module
 */
import { LogBacklog, type LogBacklogOptions } from "./log_backlog.ts";
import { type LogEvent, logLine } from "./log_line.ts";
import type { LogLevelFilter } from "./log_level.ts";
import { SecretsMask } from "../protocol/secrets_mask.ts";
import { secretForms } from "./secret_forms.ts";
import { startTimer } from "./timer.ts";
import type { Transport } from "./transport.ts";

/**
 * Seconds without progress after which `flush()` fails. The supervisor reads no log while it waits
 * for its API server, and it repeats requests that fail.
 */
const STALL_SECONDS = 120;

/** Options for {@linkcode LogChannel}. */
export interface LogChannelOptions extends LogBacklogOptions {
  /** Seconds without progress after which `flush()` fails; 120 by default. */
  stallSeconds?: number | undefined;
}

/** Sends log lines in order, many in one write. */
export class LogChannel implements Disposable {
  /** The secrets to mask in every line from now on. */
  readonly secrets: SecretsMask = new SecretsMask(secretForms);
  readonly #transport: Transport;
  readonly #filter: LogLevelFilter;
  readonly #backlog: LogBacklog;
  readonly #stallSeconds: number;
  #sending: Promise<void> = Promise.resolve();
  #isSending = false;
  #sentBytes = 0;
  #isBroken = false;
  /** Lines that found no room and have not been reported. */
  #dropped = 0;

  /** Takes over `transport`, and closes it when disposed. */
  constructor(transport: Transport, filter: LogLevelFilter, options: LogChannelOptions = {}) {
    this.#transport = transport;
    this.#filter = filter;
    this.#backlog = new LogBacklog(options);
    this.#stallSeconds = options.stallSeconds ?? STALL_SECONDS;
  }

  /** Tells whether Airflow shows events of `level` by the logger `name`. */
  wants(level: string, name: string): boolean {
    return !this.#isBroken && this.#filter.wants(level, name);
  }

  /**
   * Sends an event. Never throws and never waits.
   *
   * The first line goes to the socket before this returns, in case the code that follows blocks or
   * kills the process. Lines after it are sent together when the event loop turns.
   */
  write(event: LogEvent): void {
    if (!this.wants(event.level, event.logger)) return;
    if (!this.#backlog.push(logLine(event, this.secrets))) this.#dropped++;
    if (!this.#isSending) this.#sending = this.#send();
  }

  /** Tells whether no line waits to be sent, so that {@linkcode flush} returns at once. */
  get isFlushed(): boolean {
    return !this.#isSending;
  }

  /**
   * Waits until the socket has taken every line. Resolves to false when the connection broke, when
   * the supervisor read nothing for `stallSeconds`, or when `signal` was aborted.
   */
  async flush(signal?: AbortSignal): Promise<boolean> {
    while (this.#isSending) {
      const before = this.#sentBytes;
      const isSent = await this.#waitFor(this.#sending, signal);
      if (isAborted(signal)) return false;
      if (!isSent && this.#sentBytes === before) this.#break();
      if (this.#isBroken) return false;
    }
    return !this.#isBroken;
  }

  /** Waits for `sending`; resolves to false after `stallSeconds`, or when `signal` is aborted. */
  async #waitFor(sending: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
    if (isAborted(signal)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const stop = (): void => resolve(false);
    using _timer = startTimer(this.#stallSeconds * 1000, stop);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await Promise.race([sending.then(() => true), promise]);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      for (let chunk = this.#next(); chunk !== undefined; chunk = this.#next()) {
        for (let at = 0; at < chunk.length;) {
          const written = await this.#transport.write(chunk.subarray(at));
          at += written;
          this.#sentBytes += written;
        }
      }
    } catch {
      // The supervisor is gone, so nothing is left that could show this error.
      this.#break();
    } finally {
      this.#isSending = false;
    }
  }

  #next(): Uint8Array | undefined {
    if (this.#isBroken) return undefined;
    const chunk = this.#backlog.take();
    // There is room now, behind the lines that were kept and before those that come.
    if (this.#dropped > 0 && this.#backlog.push(logLine(droppedEvent(this.#dropped)))) {
      this.#dropped = 0;
    }
    return chunk ?? this.#backlog.take();
  }

  #break(): void {
    this.#isBroken = true;
    this.#backlog[Symbol.dispose]();
  }

  /** Drops the lines that wait, and closes the socket. Call {@linkcode flush} first. */
  [Symbol.dispose](): void {
    this.#break();
    this.#transport.close();
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function droppedEvent(lines: number): LogEvent {
  return {
    level: "warning",
    event: `Dropped ${lines} log lines: ` +
      "the supervisor stopped reading and no overflow file could be created",
    logger: "task",
    fields: { lines },
  };
}
