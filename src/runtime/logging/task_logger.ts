/**
 * The logger of authors, which writes to the log channel.
 *
 * @module
 */
import { show } from "./show.ts";
import type { LogFields, Logger, LogLevel } from "../../sdk/logger.ts";
import type { LogChannel } from "../../supervisor/log_channel.ts";

/** Writes events to the log channel. */
export class TaskLogger implements Logger {
  readonly name: string;
  readonly #channel: LogChannel;
  readonly #fields: LogFields;

  // Bound like those of console, so that they can be passed on: .catch(ctx.log.error).
  readonly debug: Logger["debug"] = (event, fields) => this.log("debug", event, fields);
  readonly info: Logger["info"] = (event, fields) => this.log("info", event, fields);
  readonly warn: Logger["warn"] = (event, fields) => this.log("warning", event, fields);
  readonly error: Logger["error"] = (event, fields) => this.log("error", event, fields);
  readonly critical: Logger["critical"] = (event, fields) => this.log("critical", event, fields);

  /** Creates a logger called `name`, whose events all have `fields`. */
  constructor(channel: LogChannel, name: string, fields: LogFields = {}) {
    this.#channel = channel;
    this.name = name;
    this.#fields = fields;
  }

  /** Writes an event. */
  log(level: LogLevel, event: string, fields?: LogFields | Error): void {
    if (typeof event !== "string") return this.#logOther(level, event, fields);
    if (!this.#channel.wants(level, this.name)) return;
    this.#channel.write(
      Error.isError(fields)
        ? { level, event, logger: this.name, fields: this.#fields, error: fields }
        : { level, event, logger: this.name, fields: merged(this.#fields, fields) },
    );
  }

  /** Writes an event that is not a text, such as the error that .catch() passes. */
  #logOther(level: LogLevel, event: unknown, fields?: LogFields | Error): void {
    this.log(level, show(event), fields ?? (Error.isError(event) ? event : undefined));
  }

  with(fields: LogFields): TaskLogger {
    return loggerOf(this.#channel, this.name, merged(this.#fields, fields));
  }

  named(name: string): TaskLogger {
    return loggerOf(this.#channel, `${this.name}.${name}`, this.#fields);
  }
}

/** Outside of the class, because bundling renames a class that refers to itself. */
function loggerOf(channel: LogChannel, name: string, fields: LogFields): TaskLogger {
  return new TaskLogger(channel, name, fields);
}

function merged(base: LogFields, fields: LogFields | undefined): LogFields {
  if (fields === undefined) return base;
  if (isEmpty(base)) return fields;
  try {
    return { ...base, ...fields };
  } catch {
    // A getter throws. logLine() reads the fields one by one and shows which.
    return fields;
  }
}

function isEmpty(fields: LogFields): boolean {
  try {
    for (const _ in fields) return false;
    return true;
  } catch {
    return false;
  }
}
