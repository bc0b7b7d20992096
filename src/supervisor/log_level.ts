/**
 * The log levels that Airflow sets.
 *
 * @module
 */

/** Python's numbers of the levels: the names in events first, then those in settings. */
const SEVERITY: Readonly<Record<string, number>> = {
  debug: 10,
  info: 20,
  warning: 30,
  error: 40,
  critical: 50,
  NOTSET: 0,
  DEBUG: 10,
  INFO: 20,
  WARN: 30,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
  FATAL: 50,
};

const DEFAULT = 20;

/**
 * Filters events by level and logger name.
 *
 * Airflow does not filter the log channel itself. It passes the levels to the runtime as
 * `AIRFLOW__LOGGING__LOGGING_LEVEL` and `AIRFLOW__LOGGING__NAMESPACE_LEVELS`. The latter holds
 * `name=LEVEL` pairs, separated by commas or spaces; the longest dotted prefix of a logger's name
 * applies.
 */
export class LogLevelFilter {
  readonly #level: number;
  readonly #namespaces: ReadonlyMap<string, number>;
  readonly #thresholds = new Map<string, number>();

  /** Reads the two settings, and ignores invalid values. */
  constructor(loggingLevel?: string, namespaceLevels?: string) {
    this.#level = severity(loggingLevel) ?? DEFAULT;
    const namespaces = new Map<string, number>();
    if (namespaceLevels !== undefined) {
      for (const pair of namespaceLevels.split(/[\s,]+/)) {
        const [name, level] = pair.split("=");
        const threshold = severity(level);
        if (name && threshold !== undefined) namespaces.set(name, threshold);
      }
    }
    this.#namespaces = namespaces;
  }

  /** Tells whether Airflow shows events of `level` by the logger `name`. */
  wants(level: string, name: string): boolean {
    return (SEVERITY[level] ?? severity(level) ?? DEFAULT) >= this.#threshold(name);
  }

  #threshold(name: string): number {
    let threshold = this.#thresholds.get(name);
    if (threshold === undefined) {
      threshold = this.#lookUp(name);
      this.#thresholds.set(name, threshold);
    }
    return threshold;
  }

  #lookUp(name: string): number {
    for (let prefix = name; prefix !== "";) {
      const threshold = this.#namespaces.get(prefix);
      if (threshold !== undefined) return threshold;
      prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf(".")));
    }
    return this.#level;
  }
}

function severity(level: string | undefined): number | undefined {
  return level === undefined ? undefined : SEVERITY[level.trim().toUpperCase()];
}
