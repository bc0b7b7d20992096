/**
 * What every handler is built on.
 *
 * @module
 */
import { getLevelByName, getLevelName, type LevelName, type LogLevel } from "./levels.ts";
import type { LogRecord } from "./logger.ts";

/** Turns a record into its line. */
export type FormatterFunction = (logRecord: LogRecord) => string;

/** What a handler may be made with. */
export interface BaseHandlerOptions {
  /** Makes the line; "LEVEL message" if absent. */
  formatter?: FormatterFunction;
}

/** Takes records of its level and above, and gives their line to `log()`. */
export abstract class BaseHandler {
  /** Makes the line. */
  formatter: FormatterFunction;
  #level: LogLevel;

  /** Makes a handler of records of that level and above. */
  constructor(levelName: LevelName, options?: BaseHandlerOptions) {
    this.#level = getLevelByName(levelName);
    this.formatter = options?.formatter ?? (({ levelName, msg }) => `${levelName} ${msg}`);
  }

  /** The lowest level that it takes, by number. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    getLevelName(level);
    this.#level = level;
  }

  /** The lowest level that it takes, by name. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Takes a record. */
  handle(logRecord: LogRecord): void {
    if (logRecord.level >= this.#level) this.log(this.format(logRecord));
  }

  /** Makes the line of a record. */
  format(logRecord: LogRecord): string {
    return this.formatter(logRecord);
  }

  /** Takes a line. */
  abstract log(msg: string): void;

  /** Called by `setup()` as it comes into use. */
  setup(): void {}

  /** Called by `setup()` as it goes out of use. */
  destroy(): void {}

  /** The same as `destroy()`. */
  [Symbol.dispose](): void {
    this.destroy();
  }
}
