/**
 * Log levels, by name and by number.
 *
 * @module
 */

/** The number of each level. */
export const LogLevels = {
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  ERROR: 40,
  CRITICAL: 50,
} as const;

/** The name of a level. */
export type LevelName = keyof typeof LogLevels;
/** The number of a level. */
export type LogLevel = typeof LogLevels[LevelName];

/** Every name, from the lowest level to the highest. */
export const LogLevelNames: LevelName[] = [
  "NOTSET",
  "DEBUG",
  "INFO",
  "WARN",
  "ERROR",
  "CRITICAL",
];

/** Returns the number of a level; throws on an unknown name. */
export function getLevelByName(name: LevelName): LogLevel {
  if (Object.hasOwn(LogLevels, name)) return LogLevels[name];
  throw new Error(`Cannot get log level: no level named ${name}`);
}

/** Returns the name of a level; throws on an unknown number. */
export function getLevelName(level: LogLevel): LevelName {
  const name = LogLevelNames.find((name) => LogLevels[name] === level);
  if (name !== undefined) return name;
  throw new Error(`Cannot get log level: no name for level: ${level}`);
}
