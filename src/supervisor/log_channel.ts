/**
 * The second socket: log lines to the task log.
 *
 * @module
 */
import { type LogEvent, logLine } from "./log_line.ts";
import type { LogLevelFilter } from "./log_level.ts";
import { SecretsMask } from "./secrets_mask.ts";
import { type Transport, writeAll } from "./transport.ts";

/** UTF-16 units after which a write is full. */
const CHUNK_LENGTH = 256 * 1024;

/** Gathers log lines and sends them in few writes; the order is kept, and none is lost. */
export class LogChannel implements Disposable {
  /** What must not be in a line; what is learnt later masks later lines. */
  readonly secrets: SecretsMask = new SecretsMask();
  readonly #transport: Transport;
  readonly #filter: LogLevelFilter;
  readonly #encoder = new TextEncoder();
  #lines: string[] = [];
  #pump: Promise<void> | undefined;
  #broken = false;

  /** Takes over `transport`: it is closed with the channel. */
  constructor(transport: Transport, filter: LogLevelFilter) {
    this.#transport = transport;
    this.#filter = filter;
  }

  /** Whether Airflow wants events of `level` by the logger `name`. */
  wants(level: string, name: string): boolean {
    return !this.#broken && this.#filter.wants(level, name);
  }

  /** Takes an event; it leaves with the next write. Never throws and never waits. */
  write(event: LogEvent): void {
    if (!this.wants(event.level, event.logger)) return;
    this.#lines.push(logLine(event, this.secrets));
    this.#pump ??= this.#drain();
  }

  /** Resolves when all lines taken so far have been handed to the socket, or it is broken. */
  async flush(): Promise<void> {
    while (this.#pump !== undefined) await this.#pump;
  }

  async #drain(): Promise<void> {
    // Lines of the same turn of the event loop leave together: a write a line is many times slower.
    await Promise.resolve();
    try {
      while (this.#lines.length > 0) {
        const lines = this.#lines;
        this.#lines = [];
        for (const chunk of chunks(lines)) {
          await writeAll(this.#transport, this.#encoder.encode(chunk));
        }
      }
    } catch {
      // The supervisor is gone, and with it the only place that could show this.
      this.#broken = true;
      this.#lines = [];
    } finally {
      this.#pump = undefined;
    }
  }

  /** Closes the socket; {@linkcode flush} comes first. */
  [Symbol.dispose](): void {
    this.#broken = true;
    this.#transport.close();
  }
}

/** Lines put together: one write for many, and no text beyond what the engine can hold. */
function* chunks(lines: readonly string[]): Generator<string, void, void> {
  let chunk = "";
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}
