/**
 * One line of a task's log, as Airflow's supervisor makes it of what the runtime sends.
 *
 * @module
 */
import type { SecretsMask } from "../../protocol/secrets_mask.ts";

/** The levels that a record can end up with in Airflow's task log. */
export type RecordLevel = "debug" | "info" | "warning" | "error" | "critical";

/** Which stream a record came by; `supervisor` marks what the local supervisor itself says. */
export type LogSource = "task" | "stdout" | "stderr" | "supervisor";

/** One line of the task log. */
export interface LogRecord {
  /** When it was said, RFC 3339. */
  readonly time: string;
  /** How grave it is, after Airflow's mapping. */
  readonly level: RecordLevel;
  /** The logger's dotted name, e.g. `task.stdout`; empty when the line named none. */
  readonly logger: string;
  /** The message. */
  readonly event: string;
  /** All other keys of the line. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Airflow's `exception` structure: the list of exceptions with their frames; absent without one. */
  readonly exception?: unknown;
  /** Which stream it came by. */
  readonly source: LogSource;
}

/** What Airflow's log reader makes of one line of the log channel. */
export type LogLine =
  /** It reaches the task log. */
  | { readonly kind: "record"; readonly record: LogRecord }
  /** It is dropped; Airflow says nothing in the task log. */
  | { readonly kind: "dropped"; readonly reason: string }
  /** It raises inside Airflow's supervisor, which nothing catches: the task fails. */
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

/** Keys that collide with the parameters of the function Airflow hands the line to. */
const COLLIDING_KEYS = ["msg", "target", "self", "method_name", "positional_args"];

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?$/;

/**
 * Reads one line of the log channel by the rules of Airflow 3.3.2's log reader.
 *
 * @example What a level becomes
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
    return { kind: "breach", reason: "the line is JSON but no object" };
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
    return { kind: "dropped", reason: `level ${JSON.stringify(level)} is not known` };
  }
  const colliding = COLLIDING_KEYS.find((key) => Object.hasOwn(value, key));
  if (colliding !== undefined) return { kind: "breach", reason: `field ${colliding}` };
  if (Object.hasOwn(fields, "stack") && typeof fields["stack"] !== "string") {
    return { kind: "breach", reason: "field stack is not a string" };
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

/** Makes a record of a line that the process wrote to stdout (INFO) or stderr (ERROR). */
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

/** Makes a record of what the local supervisor itself has to say. */
export function supervisorRecord(
  level: RecordLevel,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): LogRecord {
  return { time: now(), level, logger: "supervisor", event, fields, source: "supervisor" };
}

/** Order as in Airflow: the timestamp is read first, then the level is taken out. */
function breachOf(line: object, timestamp: unknown, level: unknown): string | undefined {
  if (timestamp && !(typeof timestamp === "string" && isTimestamp(timestamp))) {
    return `timestamp ${JSON.stringify(timestamp)} does not parse`;
  }
  if (!Object.hasOwn(line, "level")) return "the line has no level";
  if (typeof level === "object" && level !== null) return "field level is a list or a map";
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
