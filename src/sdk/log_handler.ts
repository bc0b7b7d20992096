/**
 * `@std/log` into the task log.
 *
 * @module
 */
import { BaseHandler, type BaseHandlerOptions } from "@std/log/base-handler";
import { type LevelName, LogLevels } from "@std/log/levels";
import type { LogRecord } from "@std/log/logger";
import { getContext } from "./context.ts";
import type { Logger } from "./logger.ts";

/**
 * Sends what `@std/log` loggers write to the log of the task that runs, under the logger's name.
 *
 * The message becomes the event; the further arguments become its fields: an object its entries,
 * an Error the exception.
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
  /** Takes records of `levelName` and above; Airflow's own settings filter further. */
  constructor(levelName: LevelName = "DEBUG", options?: BaseHandlerOptions) {
    super(levelName, options);
  }

  /** Writes a record to the task log. */
  override handle(record: LogRecord): void {
    if (this.level > record.level) return;
    const log = getContext().log.named(record.loggerName);
    write(log, record.level, record.msg, fieldsOf(record.args));
  }

  /** Unused: a record keeps its fields, so that it is not made into text here. */
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
