/**
 * A handler of `@std/log` that writes to the task log.
 *
 * @module
 */
import { BaseHandler, type BaseHandlerOptions } from "@std/log/base-handler";
import { type LevelName, LogLevels } from "@std/log/levels";
import type { LogRecord } from "@std/log/logger";
import { getContext } from "./context.ts";
import type { Logger } from "./logger.ts";

/**
 * Writes records of `@std/log` to the log of the running task, under the name of their logger.
 *
 * The message becomes the event, and the further arguments its fields: the entries of an object, or
 * an Error as the exception.
 *
 * @example
 * ```ts
 * import { getLogger, setup } from "@std/log";
 * import { TaskLogHandler } from "@airflow-deno/task-runtime";
 *
 * setup({
 *   handlers: { task: new TaskLogHandler("DEBUG") },
 *   loggers: { default: { level: "DEBUG", handlers: ["task"] } },
 * });
 * const log = getLogger();
 * ```
 */
export class TaskLogHandler extends BaseHandler {
  /** Handles records of `levelName` and above, which Airflow's settings filter further. */
  constructor(levelName: LevelName = "DEBUG", options?: BaseHandlerOptions) {
    super(levelName, options);
  }

  /** Writes a record to the task log. */
  override handle(record: LogRecord): void {
    if (this.level > record.level) return;
    const log = getContext().log.named(record.loggerName);
    write(log, record.level, record.msg, fieldsOf(record.args));
  }

  /** Does nothing: {@linkcode TaskLogHandler.handle} writes records with their fields, not as text. */
  override log(_text: string): void {}
}

function write(log: Logger, level: number, event: string, fields: Record<string, unknown>): void {
  if (level >= LogLevels.CRITICAL) log.critical(event, fields);
  else if (level >= LogLevels.ERROR) log.error(event, fields);
  else if (level >= LogLevels.WARN) log.warn(event, fields);
  else if (level >= LogLevels.INFO) log.info(event, fields);
  else log.debug(event, fields);
}

function fieldsOf(args: readonly unknown[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  args.forEach((arg, index) => {
    if (arg instanceof Error) fields["error"] = arg;
    else if (typeof arg === "object" && arg !== null && !Array.isArray(arg)) {
      Object.assign(fields, arg);
    } else fields[`arg${index}`] = arg;
  });
  return fields;
}
