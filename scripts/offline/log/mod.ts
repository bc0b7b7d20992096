/**
 * Stand-in for the part of `@std/log` in use here, for machines that cannot reach JSR.
 *
 * @module
 */
export * from "./base_handler.ts";
export * from "./console_handler.ts";
export * from "./get_logger.ts";
export * from "./levels.ts";
export {
  type GenericFunction,
  type LogConfig,
  Logger,
  type LoggerConfig,
  type LoggerOptions,
  LogRecord,
  type LogRecordOptions,
  type Message,
} from "./logger.ts";
export { setup } from "./setup.ts";
