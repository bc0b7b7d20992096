/**
 * The second socket: log lines to the task log.
 *
 * @module
 */
import { LogBacklog, type LogBacklogOptions } from "./log_backlog.ts";
import { LogBurst } from "./log_burst.ts";
import { type LogEvent, logLine } from "./log_line.ts";
import type { LogLevelFilter } from "./log_level.ts";
import { SecretsMask } from "./secrets_mask.ts";
import { startTimer } from "./timer.ts";
import type { Transport } from "./transport.ts";

/**
 * Seconds without a byte taken after which the log's reader is given up. Airflow's reads nothing
 * while its supervisor waits for its API server, and asks a failing one again.
 */
const STALL_SECONDS = 120;

/** How a {@linkcode LogChannel} treats a reader that is slow. */
export interface LogChannelOptions extends LogBacklogOptions {
  /** Seconds without a byte taken after which `flush()` gives the reader up; 120 by default. */
  stallSeconds?: number | undefined;
}

/** Gathers log lines and sends them in few writes; the order is kept, and none is lost. */
export class LogChannel implements Disposable {
  /** What must not be in a line; what is learnt later masks later lines. */
  readonly secrets: SecretsMask = new SecretsMask();
  readonly #transport: Transport;
  readonly #filter: LogLevelFilter;
  /** The latest lines. */
  readonly #burst = new LogBurst(this.secrets);
  readonly #backlog: LogBacklog;
  readonly #stallSeconds: number;
  #pump: Promise<void> = Promise.resolve();
  #isPumping = false;
  /** Bytes that the socket has taken. */
  #sent = 0;
  #broken = false;

  /** Takes over `transport`: it is closed with the channel. */
  constructor(transport: Transport, filter: LogLevelFilter, options: LogChannelOptions = {}) {
    this.#transport = transport;
    this.#filter = filter;
    this.#backlog = new LogBacklog(this.secrets, options);
    this.#stallSeconds = options.stallSeconds ?? STALL_SECONDS;
  }

  /** Whether Airflow wants events of `level` by the logger `name`. */
  wants(level: string, name: string): boolean {
    return !this.#broken && this.#filter.wants(level, name);
  }

  /**
   * Takes an event. Never throws and never waits.
   *
   * The first of several leaves at once, so that it is there when what follows blocks or kills the
   * process; the others gather until the event loop turns.
   */
  write(event: LogEvent): void {
    if (!this.wants(event.level, event.logger)) return;
    this.#burst.addLine(logLine(event, this.secrets));
    this.#move();
  }

  /** The same for an event and nothing beside it, as most are: some times faster. */
  writeBare(level: LogEvent["level"], logger: string, event: string): void {
    if (!this.wants(level, logger)) return;
    this.#burst.add(level, logger, event);
    this.#move();
  }

  #move(): void {
    if (this.#burst.isFull) this.#backlog.push(this.#burst.take());
    if (!this.#isPumping) this.#pump = this.#drain();
  }

  /** Whether the socket has taken all lines so far, or broke: {@linkcode flush} would not wait. */
  get isFlushed(): boolean {
    return !this.#isPumping;
  }

  /**
   * Resolves to true when the socket has taken all lines so far; to false when it broke, when the
   * reader stood still for too long, or when `signal` ended the wait.
   */
  async flush(signal?: AbortSignal): Promise<boolean> {
    while (this.#isPumping) {
      const before = this.#sent;
      const ended = await this.#ends(this.#pump, signal);
      if (isAborted(signal)) return false;
      if (!ended && this.#sent === before) this.#break();
      if (this.#broken) return false;
    }
    return !this.#broken;
  }

  /** Whether `pump` ended; false when the time in which something should have moved is over. */
  async #ends(pump: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
    if (isAborted(signal)) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const giveUp = (): void => resolve(false);
    using _timer = startTimer(this.#stallSeconds * 1000, giveUp);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([pump.then(() => true), promise]);
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  async #drain(): Promise<void> {
    this.#isPumping = true;
    try {
      for (let chunk = this.#next(); chunk !== undefined; chunk = this.#next()) {
        for (let at = 0; at < chunk.length;) {
          const written = await this.#transport.write(chunk.subarray(at));
          at += written;
          this.#sent += written;
        }
      }
    } catch {
      // The supervisor is gone, and with it the only place that could show this.
      this.#break();
    } finally {
      this.#isPumping = false;
    }
  }

  #next(): Uint8Array | undefined {
    if (this.#broken) return undefined;
    const dropped = this.#backlog.takeDropped();
    if (dropped > 0) this.#burst.addLine(logLine(droppedEvent(dropped), this.secrets));
    const chunk = this.#backlog.take();
    if (chunk !== undefined || this.#burst.size === 0) return chunk;
    this.#backlog.push(this.#burst.take());
    return this.#backlog.take();
  }

  #break(): void {
    this.#broken = true;
    this.#backlog[Symbol.dispose]();
  }

  /** Closes the socket; {@linkcode flush} comes first. */
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
    event: "Log lines were dropped: Airflow took none, and no file could keep them",
    logger: "task",
    fields: { lines },
  };
}
