/**
 * The logger that authors hold.
 *
 * @module
 */

/** The levels Airflow keeps on a task's log, the least important first. */
export type LogLevel = "debug" | "info" | "warning" | "error" | "critical";

/**
 * What goes with a log event: values by name, shown beside it in the task log.
 *
 * An `Error` under any name is shown with its stack and causes.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes structured events to the task log.
 *
 * Events below the level that Airflow's `[logging] logging_level` and `namespace_levels` ask for
 * are dropped here, before they cost anything.
 *
 * The methods that write may be handed on, as in `promise.catch(ctx.log.error)`: an error in the
 * event's place is shown as one.
 */
export interface Logger {
  /** The logger's name, shown as the event's source; levels can be set by its dotted prefix. */
  readonly name: string;
  /** Writes an event for people who look for a fault. */
  debug(event: string, fields?: LogFields | Error): void;
  /** Writes an event that tells the normal course of the work. */
  info(event: string, fields?: LogFields | Error): void;
  /** Writes an event that somebody should look at; the work goes on. */
  warn(event: string, fields?: LogFields | Error): void;
  /** Writes an event that tells of a failure. */
  error(event: string, fields?: LogFields | Error): void;
  /** Writes an event that tells of a failure beyond this task. */
  critical(event: string, fields?: LogFields | Error): void;
  /** Makes a logger that adds `fields` to each event. */
  with(fields: LogFields): Logger;
  /** Makes a logger of another name below this one: `ctx.log.named("http")` is `task.http`. */
  named(name: string): Logger;
}
