/**
 * Finds loggers by name.
 *
 * @module
 */
import { Logger } from "./logger.ts";
import { state } from "./setup.ts";

export type { Logger } from "./logger.ts";

/** Returns the logger of that name; one that was not set up has no handlers and writes nothing. */
export function getLogger(name = "default"): Logger {
  const key = name === "" ? "default" : name;
  const known = state.loggers.get(key);
  if (known !== undefined) return known;
  const logger = new Logger(key, "NOTSET", { handlers: [] });
  state.loggers.set(key, logger);
  return logger;
}
