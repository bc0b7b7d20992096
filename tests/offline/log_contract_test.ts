/**
 * What the log channel relies on in `@std/log`, whether real or stand-in.
 *
 * @module
 */
import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  BaseHandler,
  ConsoleHandler,
  getLevelByName,
  getLevelName,
  getLogger,
  Logger,
  LogLevels,
  type LogRecord,
  setup,
} from "@std/log";
import { BaseHandler as BaseHandlerAlone } from "@std/log/base-handler";
import { ConsoleHandler as ConsoleHandlerAlone } from "@std/log/console-handler";
import { getLogger as getLoggerAlone } from "@std/log/get-logger";
import { LogLevels as LogLevelsAlone } from "@std/log/levels";
import { Logger as LoggerAlone } from "@std/log/logger";
import { setup as setupAlone } from "@std/log/setup";

class Memory extends BaseHandler {
  readonly records: LogRecord[] = [];
  readonly lines: string[] = [];
  destroyed = false;

  override handle(record: LogRecord): void {
    this.records.push(record);
    super.handle(record);
  }

  override log(line: string): void {
    this.lines.push(line);
  }

  override destroy(): void {
    this.destroyed = true;
  }
}

Deno.test("log: levels have these names and numbers", () => {
  const { NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL } = LogLevels;
  assertEquals<number[]>([NOTSET, DEBUG, INFO, WARN, ERROR, CRITICAL], [0, 10, 20, 30, 40, 50]);
  assertEquals(getLevelByName("WARN"), LogLevels.WARN);
  assertEquals(getLevelName(LogLevels.CRITICAL), "CRITICAL");
});

Deno.test("log: passes the level, message and arguments of a call to handlers", () => {
  const memory = new Memory("NOTSET");
  setup({
    handlers: { memory },
    loggers: { etl: { level: "DEBUG", handlers: ["memory"] } },
  });
  const before = Date.now();
  const returned = getLogger("etl").warn("odd rows", { rows: 3 }, 7);
  const [record] = memory.records;
  assertEquals(returned, "odd rows");
  assertEquals<unknown>(
    [record?.msg, record?.args, record?.level, record?.levelName, record?.loggerName],
    ["odd rows", [{ rows: 3 }, 7], 30, "WARN", "etl"],
  );
  assertInstanceOf(record?.datetime, Date);
  assertEquals(record.datetime.getTime() >= before, true);
  assertEquals(memory.lines, ["WARN odd rows"]);
});

Deno.test("log: filters by the levels of logger and handler", () => {
  const memory = new Memory("ERROR");
  setup({ handlers: { memory }, loggers: { etl: { level: "INFO", handlers: ["memory"] } } });
  const logger = getLogger("etl");
  logger.debug("unseen by the handler");
  logger.info("below the handler");
  logger.error("through");
  assertEquals(memory.records.map(({ msg }) => msg), ["below the handler", "through"]);
  assertEquals(memory.lines, ["ERROR through"]);
});

Deno.test("log: calls a message function only when the level is enabled", () => {
  const memory = new Memory("NOTSET");
  setup({ handlers: { memory }, loggers: { etl: { level: "INFO", handlers: ["memory"] } } });
  let calls = 0;
  const message = (): string => `call ${++calls}`;
  assertEquals(getLogger("etl").debug(message), undefined);
  assertEquals(getLogger("etl").info(message), "call 1");
  assertEquals(memory.lines, ["INFO call 1"]);
});

Deno.test("log: converts messages to text", () => {
  const memory = new Memory("NOTSET", { formatter: ({ msg }) => msg });
  setup({ handlers: { memory }, loggers: { etl: { level: "INFO", handlers: ["memory"] } } });
  const logger = getLogger("etl");
  logger.info(7);
  logger.info(null);
  logger.info({ a: "b", c: 1 });
  const error = new Error("broken");
  logger.info(error);
  assertEquals(memory.lines, ["7", "null", '{"a":"b","c":1}', error.stack ?? ""]);
});

Deno.test("log: writes nothing when a logger was not set up", () => {
  const memory = new Memory("NOTSET");
  const early = getLogger("made before setup");
  setup({
    handlers: { memory },
    loggers: { "made before setup": { level: "DEBUG", handlers: ["memory"] } },
  });
  early.error("lost");
  getLogger("never set up").error("lost as well");
  assertEquals(memory.lines, []);
});

Deno.test("log: setup() destroys the previous handlers", () => {
  const memory = new Memory("NOTSET");
  setup({ handlers: { memory } });
  assertEquals(memory.destroyed, false);
  setup({});
  assertEquals(memory.destroyed, true);
});

Deno.test("log: getLogger() returns the default logger without a name", () => {
  setup({});
  assertEquals(getLogger().loggerName, "default");
  assertEquals(getLogger().levelName, "INFO");
  assertEquals(getLogger().handlers.map((handler) => handler instanceof ConsoleHandler), [true]);
});

Deno.test("log: changes a logger's level by number and by name", () => {
  const logger = new Logger("etl", "INFO");
  logger.levelName = "ERROR";
  assertEquals<number>(logger.level, 40);
  logger.level = LogLevels.DEBUG;
  assertEquals(logger.levelName, "DEBUG");
  assertThrows(() => Reflect.set(logger, "level", 7), TypeError);
});

Deno.test("log: has an entry point for each part", () => {
  assertStrictEquals(BaseHandlerAlone, BaseHandler);
  assertStrictEquals(ConsoleHandlerAlone, ConsoleHandler);
  assertStrictEquals(getLoggerAlone, getLogger);
  assertStrictEquals(LogLevelsAlone, LogLevels);
  assertStrictEquals(LoggerAlone, Logger);
  assertStrictEquals(setupAlone, setup);
});
