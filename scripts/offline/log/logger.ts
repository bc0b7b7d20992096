/**
 * Loggers and the records that they pass to their handlers.
 *
 * @module
 */
import type { BaseHandler } from "./base_handler.ts";
import {
  getLevelByName,
  getLevelName,
  type LevelName,
  type LogLevel,
  LogLevels,
} from "./levels.ts";

export type { LevelName, LogLevel } from "./levels.ts";

/** Any function. */
// deno-lint-ignore no-explicit-any -- the real package's own signature
export type GenericFunction = (...args: any[]) => any;
/** A message that is not a function. */
export type Message<T> = T extends GenericFunction ? never : T;

/** The fields of a new record. */
export interface LogRecordOptions {
  /** The message, as text. */
  msg: string;
  /** The other arguments of the call. */
  args: unknown[];
  /** The number of the level. */
  level: LogLevel;
  /** The name of the logger. */
  loggerName: string;
}

/** The configuration of all loggers of a program. */
export interface LogConfig {
  /** Handlers, by name. */
  handlers?: { [name: string]: BaseHandler };
  /** Loggers, by name. */
  loggers?: { [name: string]: LoggerConfig };
}

/** The configuration of one logger. */
export interface LoggerConfig {
  /** The lowest level that is logged; INFO by default. */
  level?: LevelName;
  /** Names of its handlers. */
  handlers?: string[];
}

/** One log call. */
export class LogRecord {
  /** The message, as text. */
  readonly msg: string;
  /** The number of the level. */
  readonly level: number;
  /** The name of the level. */
  readonly levelName: string;
  /** The name of the logger. */
  readonly loggerName: string;
  readonly #args: unknown[];
  readonly #datetime: number = Date.now();

  /** Creates a record with the current time. */
  constructor({ msg, args, level, loggerName }: LogRecordOptions) {
    this.msg = msg;
    this.#args = [...args];
    this.level = level;
    this.levelName = getLevelName(level);
    this.loggerName = loggerName;
  }

  /** The other arguments of the call. */
  get args(): unknown[] {
    return [...this.#args];
  }

  /** The time of the call. */
  get datetime(): Date {
    return new Date(this.#datetime);
  }
}

/** The options of a logger. */
export interface LoggerOptions {
  /** The handlers of its records. */
  handlers?: BaseHandler[];
}

/** A named source of records. Its methods return their message. */
export class Logger {
  /** The handlers of its records. */
  handlers: BaseHandler[];
  readonly #loggerName: string;
  #level: LogLevel;

  /** Creates a logger; without handlers it writes nothing. */
  constructor(loggerName: string, levelName: LevelName, options: LoggerOptions = {}) {
    this.#loggerName = loggerName;
    this.#level = getLevelByName(levelName);
    this.handlers = options.handlers ?? [];
  }

  /** The lowest level that is logged, by number. */
  get level(): LogLevel {
    return this.#level;
  }

  set level(level: LogLevel) {
    try {
      getLevelName(level);
    } catch (cause) {
      throw new TypeError(`Invalid log level: ${level}`, { cause });
    }
    this.#level = level;
  }

  /** The lowest level that is logged, by name. */
  get levelName(): LevelName {
    return getLevelName(this.#level);
  }

  set levelName(levelName: LevelName) {
    this.#level = getLevelByName(levelName);
  }

  /** Its name. */
  get loggerName(): string {
    return this.#loggerName;
  }

  /** Converts a message to the text of a record. */
  asString(data: unknown, isProperty = false): string {
    if (typeof data === "string") return isProperty ? `"${data}"` : data;
    if (typeof data === "function") return "undefined";
    if (typeof data !== "object" || data === null) return String(data);
    if (data instanceof Error) return data.stack ?? String(data);
    const fields = Object.entries(data).map(([key, value]) =>
      `"${key}":${this.asString(value, true)}`
    );
    return `{${fields.join(",")}}`;
  }

  /** Logs at that level; calls the function only if the level is enabled. */
  debug<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs at that level, and returns the message. */
  debug<T>(msg: Message<T>, ...args: unknown[]): T;
  debug<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.DEBUG, msg, args);
  }

  /** Logs at that level; calls the function only if the level is enabled. */
  info<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs at that level, and returns the message. */
  info<T>(msg: Message<T>, ...args: unknown[]): T;
  info<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.INFO, msg, args);
  }

  /** Logs at that level; calls the function only if the level is enabled. */
  warn<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs at that level, and returns the message. */
  warn<T>(msg: Message<T>, ...args: unknown[]): T;
  warn<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.WARN, msg, args);
  }

  /** Logs at that level; calls the function only if the level is enabled. */
  error<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs at that level, and returns the message. */
  error<T>(msg: Message<T>, ...args: unknown[]): T;
  error<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.ERROR, msg, args);
  }

  /** Logs at that level; calls the function only if the level is enabled. */
  critical<T>(msg: () => T, ...args: unknown[]): T | undefined;
  /** Logs at that level, and returns the message. */
  critical<T>(msg: Message<T>, ...args: unknown[]): T;
  critical<T>(msg: Message<T> | (() => T), ...args: unknown[]): T | undefined {
    return this.#log(LogLevels.CRITICAL, msg, args);
  }

  /** Calls the function only if the level is enabled. */
  #log<T>(level: LogLevel, msg: Message<T> | (() => T), args: unknown[]): T | undefined {
    const wanted = level >= this.#level;
    let message: T | undefined;
    if (isFunction(msg)) {
      if (!wanted) return undefined;
      message = msg();
    } else message = msg;
    if (!wanted) return message;
    const record = new LogRecord({
      msg: this.asString(message),
      args,
      level,
      loggerName: this.#loggerName,
    });
    for (const handler of this.handlers) handler.handle(record);
    return message;
  }
}

function isFunction<T>(msg: Message<T> | (() => T)): msg is () => T {
  return typeof msg === "function";
}
