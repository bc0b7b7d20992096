/**
 * The logger of a task.
 *
 * @module
 */

/** The levels of Airflow's task log, the least important first. */
export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/**
 * The fields of a log event, which the task log shows next to it.
 *
 * An `Error` under any name is shown with its stack and causes.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes structured events to the task log.
 *
 * Events below the level in Airflow's `[logging] logging_level` and `namespace_levels` are dropped
 * at once.
 *
 * The methods can be passed as functions, as in `promise.catch(ctx.log.error)`: an error as the event
 * is shown as an error.
 */
export interface Logger {
  /** The name of the logger, which the log shows; `namespace_levels` can set levels by its prefix. */
  readonly name: string;
  /** Writes an event for debugging. */
  debug(event: string, fields?: LogFields | Error): void;
  /** Writes an event of the normal course of the work. */
  info(event: string, fields?: LogFields | Error): void;
  /** Writes an unexpected event after which the work continues. */
  warn(event: string, fields?: LogFields | Error): void;
  /** Writes a failure. */
  error(event: string, fields?: LogFields | Error): void;
  /** Writes a failure that affects more than this task. */
  critical(event: string, fields?: LogFields | Error): void;
  /** Returns a logger that adds `fields` to each event. */
  with(fields: LogFields): Logger;
  /** Returns a logger below this one: `ctx.log.named("http")` has the name `task.http`. */
  named(name: string): Logger;
}
