/**
 * Sets up the loggers of a program.
 *
 * @module
 */
import type { BaseHandler } from "./base_handler.ts";
import { ConsoleHandler } from "./console_handler.ts";
import { type LogConfig, Logger } from "./logger.ts";

/** The current handlers and loggers. */
export const state: { handlers: Map<string, BaseHandler>; loggers: Map<string, Logger> } = {
  handlers: new Map(),
  loggers: new Map(),
};

const DEFAULTS = {
  handlers: { default: new ConsoleHandler("INFO") },
  loggers: { default: { level: "INFO", handlers: ["default"] } },
} satisfies LogConfig;

/** Replaces all handlers and loggers; an earlier logger keeps its handlers. */
export function setup(config: LogConfig): void {
  for (const handler of state.handlers.values()) handler.destroy();
  state.handlers.clear();
  state.loggers.clear();
  for (const [name, handler] of Object.entries({ ...DEFAULTS.handlers, ...config.handlers })) {
    handler.setup();
    state.handlers.set(name, handler);
  }
  for (const [name, { level, handlers }] of loggersOf(config)) {
    const found = (handlers ?? []).map((handler) => state.handlers.get(handler));
    const present = found.filter((handler) => handler !== undefined);
    state.loggers.set(name, new Logger(name, level ?? "INFO", { handlers: present }));
  }
}

function loggersOf(config: LogConfig): [string, NonNullable<LogConfig["loggers"]>[string]][] {
  return Object.entries({ ...DEFAULTS.loggers, ...config.loggers });
}

setup(DEFAULTS);
