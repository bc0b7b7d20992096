/**
 * Compares two messages, except for times and random ids.
 *
 * @module
 */
import { isPlainObject } from "../../values.ts";

/** The first difference between two messages. */
export interface Divergence {
  /** The path in the message, e.g. `value.rows[2]`; empty for the whole message. */
  readonly path: string;
  /** The recorded value; undefined when absent. */
  readonly recorded: unknown;
  /** The replayed value; undefined when absent. */
  readonly replayed: unknown;
}

/** The times at which both messages were sent, in milliseconds since the epoch. */
export interface SentAt {
  /** The time of the recorded message. */
  readonly recorded: number;
  /** The time of the replayed message. */
  readonly replayed: number;
}

/** The result of a comparison. */
export interface MessageComparison {
  /** The first difference; undefined without one. */
  readonly divergence: Divergence | undefined;
  /** The number of times and random ids that differ. */
  readonly volatile: number;
}

/** Fields with the current time, or with a time after a partly random wait. */
const CLOCK_FIELDS: ReadonlySet<string> = new Set(["end_date", "reschedule_date"]);
/** The tolerance for a time relative to its message, in milliseconds. */
const TOLERANCE_MS = 5000;
/** Numbers in this range count as times since the epoch: 2001 to 2286. */
const [FIRST_SECOND, LAST_SECOND] = [1e9, 1e10];

const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g;
const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi;
/** The random end of a run id that `ctx.dagRuns.trigger()` makes. */
const RUN_ID = /(manual__<time>)_[\da-f]{8}\b/g;

/** Finds the first difference, depth first, in the order of the recorded fields. */
export function findDivergence(
  recorded: unknown,
  replayed: unknown,
  at: SentAt,
): MessageComparison {
  const comparing = new Comparing(at);
  const divergence = comparing.find(recorded, replayed, "", "");
  return { divergence, volatile: comparing.volatile };
}

class Comparing {
  readonly #at: SentAt;
  volatile = 0;

  constructor(at: SentAt) {
    this.#at = at;
  }

  find(recorded: unknown, replayed: unknown, path: string, field: string): Divergence | undefined {
    if (Array.isArray(recorded) && Array.isArray(replayed)) {
      return this.#findInItems(recorded, replayed, path);
    }
    if (isPlainObject(recorded) && isPlainObject(replayed)) {
      // Messages of different types are not compared further.
      if (path === "" && recorded["type"] !== replayed["type"]) {
        return { path: "type", recorded: recorded["type"], replayed: replayed["type"] };
      }
      return this.#findInFields(recorded, replayed, path);
    }
    if (isSame(recorded, replayed)) return undefined;
    if (!this.#isVolatile(recorded, replayed, field)) return { path, recorded, replayed };
    this.volatile += 1;
    return undefined;
  }

  #findInFields(
    recorded: Record<string, unknown>,
    replayed: Record<string, unknown>,
    path: string,
  ): Divergence | undefined {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(replayed)])) {
      const inner = path === "" ? key : `${path}.${key}`;
      const found = this.find(recorded[key], replayed[key], inner, key);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #findInItems(
    recorded: readonly unknown[],
    replayed: readonly unknown[],
    path: string,
  ): Divergence | undefined {
    for (let index = 0; index < Math.max(recorded.length, replayed.length); index++) {
      const found = this.find(recorded[index], replayed[index], `${path}[${index}]`, "");
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #isVolatile(recorded: unknown, replayed: unknown, field: string): boolean {
    const [then, now] = [timeOf(recorded), timeOf(replayed)];
    if (then !== undefined && now !== undefined) {
      if (CLOCK_FIELDS.has(field)) return true;
      const [before, after] = [then - this.#at.recorded, now - this.#at.replayed];
      return Math.abs(before - after) <= TOLERANCE_MS;
    }
    if (field === "retry_delay_seconds") {
      return Math.abs(Number(recorded) - Number(replayed)) * 1000 <= TOLERANCE_MS;
    }
    return typeof recorded === "string" && typeof replayed === "string" &&
      withoutChance(recorded) === withoutChance(replayed);
  }
}

/** Reads a time in any form of messages, in milliseconds since the epoch. */
function timeOf(value: unknown): number | undefined {
  if (value instanceof Temporal.Instant) return value.epochMilliseconds;
  if (typeof value === "number") {
    if (value >= FIRST_SECOND && value < LAST_SECOND) return value * 1000;
    if (value >= FIRST_SECOND * 1000 && value < LAST_SECOND * 1000) return value;
    return undefined;
  }
  if (typeof value !== "string" || value.replace(TIME, "") !== "" || value === "") return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
}

function withoutChance(text: string): string {
  return text.replaceAll(TIME, "<time>").replaceAll(UUID, "<uuid>").replaceAll(RUN_ID, "$1");
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (a instanceof Temporal.Instant && b instanceof Temporal.Instant) return a.equals(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a.toHex() === b.toHex();
  // The wire does not distinguish a bigint from an integer number.
  return typeof a === "bigint" && typeof b === "number" && a === BigInt(Math.trunc(b)) &&
    Number.isInteger(b);
}
