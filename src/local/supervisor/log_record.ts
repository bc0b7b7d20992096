/**
 * Records of the task log, which Airflow's supervisor makes from the lines of the runtime.
 *
 * @module
 */
import type { SecretsMask } from "../../protocol/secrets_mask.ts";

/** The levels of Airflow's task log. */
export type RecordLevel = "debug" | "info" | "warning" | "error" | "critical";

/** The source of a record; `supervisor` is the local supervisor itself. */
export type LogSource = "task" | "stdout" | "stderr" | "supervisor";

/** A record of the task log. */
export interface LogRecord {
  /** The timestamp, RFC 3339. */
  readonly time: string;
  /** The level, by Airflow's mapping. */
  readonly level: RecordLevel;
  /** The name of the logger, e.g. `task.stdout`; empty when absent. */
  readonly logger: string;
  /** The message. */
  readonly event: string;
  /** The other keys of the line. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Airflow's `exception` structure: a list of exceptions with frames. */
  readonly exception?: unknown;
  /** The source. */
  readonly source: LogSource;
}

/** The result of reading one line of the log channel. */
export type LogLine =
  /** The line becomes a record. */
  | { readonly kind: "record"; readonly record: LogRecord }
  /** Airflow drops the line silently. */
  | { readonly kind: "dropped"; readonly reason: string }
  /** The line crashes Airflow's supervisor, which fails the task. */
  | { readonly kind: "breach"; readonly reason: string };

const LEVELS: ReadonlyMap<string, RecordLevel> = new Map([
  ["debug", "debug"],
  ["info", "info"],
  ["warning", "warning"],
  ["warn", "warning"],
  ["error", "error"],
  ["exception", "error"],
  ["critical", "critical"],
  ["fatal", "critical"],
]);

/** Keys that collide with parameters of Airflow's log function. */
const COLLIDING_KEYS = ["msg", "target", "self", "method_name", "positional_args"];

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$/;

/**
 * Reads one line of the log channel as Airflow 3.3.2 does.
 *
 * @example The level of a record
 * ```ts
 * import { readLogLine } from "./log_record.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const line = readLogLine('{"level":"warn","event":"slow"}');
 * assertEquals(line.kind === "record" && line.record.level, "warning");
 * ```
 */
export function readLogLine(line: string): LogLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "dropped", reason: "it is not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "breach", reason: "the line must be a JSON object" };
  }
  const { timestamp, exception, level, event, logger, ...fields }: Partial<
    Record<string, unknown>
  > = {
    ...value,
  };
  const breach = breachOf(value, timestamp, level);
  if (breach !== undefined) return { kind: "breach", reason: breach };
  const known = typeof level === "string" ? LEVELS.get(level) : undefined;
  if (known === undefined) {
    return { kind: "dropped", reason: `level ${JSON.stringify(level)} is unknown` };
  }
  const colliding = COLLIDING_KEYS.find((key) => Object.hasOwn(value, key));
  if (colliding !== undefined) return { kind: "breach", reason: `field ${colliding}` };
  if (Object.hasOwn(fields, "stack") && typeof fields["stack"] !== "string") {
    return { kind: "breach", reason: "field stack must be a string" };
  }
  return {
    kind: "record",
    record: {
      time: typeof timestamp === "string" && timestamp !== "" ? timestamp : now(),
      level: known,
      logger: typeof logger === "string" ? logger : "",
      event: text(event),
      fields,
      ...(exception ? { exception } : {}),
      source: "task",
    },
  };
}

/** Makes a record from a line of stdout (INFO) or stderr (ERROR). */
export function outputRecord(source: "stdout" | "stderr", line: string): LogRecord {
  return {
    time: now(),
    level: source === "stdout" ? "info" : "error",
    logger: `task.${source}`,
    event: line,
    fields: {},
    source,
  };
}

/** Makes a record from the local supervisor itself. */
export function supervisorRecord(
  level: RecordLevel,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): LogRecord {
  return { time: now(), level, logger: "supervisor", event, fields, source: "supervisor" };
}

/** Finds a crash in Airflow's order: the timestamp first, then the level. */
function breachOf(line: object, timestamp: unknown, level: unknown): string | undefined {
  if (timestamp && !(typeof timestamp === "string" && isTimestamp(timestamp))) {
    return `timestamp ${JSON.stringify(timestamp)} is invalid`;
  }
  if (!Object.hasOwn(line, "level")) return "the line has no level";
  if (typeof level === "object" && level !== null) return "field level must not be a list or a map";
  return undefined;
}

function isTimestamp(value: string): boolean {
  return RFC_3339.test(value) && !Number.isNaN(Date.parse(value));
}

function text(event: unknown): string {
  if (typeof event === "string") return event;
  return event ? JSON.stringify(event) : "";
}

function now(): string {
  return new Date().toISOString();
}

/** Returns the record with every secret masked, and the texts under sensitive names hidden. */
export function maskedRecord(record: LogRecord, secrets: SecretsMask): LogRecord {
  const { event, fields, exception } = record;
  return {
    ...record,
    event: secrets.mask(event),
    fields: Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, secrets.redact(value, key)]),
    ),
    ...(exception === undefined ? {} : { exception: secrets.redact(exception) }),
  };
}
