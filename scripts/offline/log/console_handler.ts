/**
 * The handler that writes to the console.
 *
 * @module
 */
import { BaseHandler, type BaseHandlerOptions } from "./base_handler.ts";
import { type LevelName, LogLevels } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** The options of the handler. */
export interface ConsoleHandlerOptions extends BaseHandlerOptions {
  /** Colours lines by level; true by default. */
  useColors?: boolean;
}

/** Writes each line with `console.log()`, in its level's colour. */
export class ConsoleHandler extends BaseHandler {
  readonly #useColors: boolean;

  /** Creates a handler for records of that level and above. */
  constructor(levelName: LevelName, options: ConsoleHandlerOptions = {}) {
    super(levelName, options);
    this.#useColors = options.useColors ?? true;
  }

  /** Formats a record, in colour. */
  override format(logRecord: LogRecord): string {
    const line = super.format(logRecord);
    return this.#useColors ? this.applyColors(line, logRecord.level) : line;
  }

  /** Returns the line in its level's colour. */
  applyColors(msg: string, level: number): string {
    if (Deno.noColor) return msg;
    if (level === LogLevels.INFO) return `\x1b[34m${msg}\x1b[39m`;
    if (level === LogLevels.WARN) return `\x1b[33m${msg}\x1b[39m`;
    if (level === LogLevels.ERROR) return `\x1b[31m${msg}\x1b[39m`;
    if (level === LogLevels.CRITICAL) return `\x1b[1m\x1b[31m${msg}\x1b[39m\x1b[22m`;
    return msg;
  }

  /** Writes a line. */
  override log(msg: string): void {
    // deno-lint-ignore no-console -- the purpose of this handler
    console.log(msg);
  }
}
