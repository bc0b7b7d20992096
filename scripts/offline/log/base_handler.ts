/**
 * The base class of handlers.
 *
 * @module
 */
import { getLevelByName, getLevelName, type LevelName, type LogLevel } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** Formats a record as a line. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** The options of a handler. */
export interface BaseHandlerOptions {
  /** The formatter; by default "LEVEL message". */
  formatter?: FormatterFunction;
}

/** Passes the lines of records of its level and above to `log()`. */
export abstract class BaseHandler {
  /** The formatter. */
  formatter: FormatterFunction;
  #level: LogLevel;

  /** Creates a handler for records of that level and above. */
  constructor(levelName: LevelName, options?: BaseHandlerOptions) {
    this.#level = getLevelByName(levelName);
    this.formatter = options?.formatter ?? (({ levelName, msg }) => `${levelName} ${msg}`);
  }

  /** The lowest level that it handles, by number. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    getLevelName(level);
    this.#level = level;
  }

  /** The lowest level that it handles, by name. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Handles a record. */
  handle(logRecord: LogRecord): void {
    if (logRecord.level >= this.#level) this.log(this.format(logRecord));
  }

  /** Formats a record. */
  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }

  /** Writes a line. */
  abstract log(msg: string): void;

  /** Called by `setup()` before first use. */
  setup(): void {}

  /** Called by `setup()` after last use. */
  destroy(): void {}

  /** The same as `destroy()`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}
