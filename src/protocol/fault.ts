/**
 * Faults in messages, with their place.
 *
 * @module
 */
import { isPlainObject } from "../values.ts";

/** A fault in a message. */
export interface Fault {
  /** The path to the value, e.g. `.task_outlets[0].name`. */
  path: string;
  /** The reason, e.g. `must be a string, not a number`. */
  readonly reason: string;
  /** Whether the value is valid in a newer schema version. */
  readonly isNewer?: boolean;
}

/** Returns a fault of the value itself. */
export function fault(reason: string): Fault {
  return { path: "", reason };
}

/** Adds the key of the faulty value within its container to the path. */
export function within(key: string | number, inner: Fault): Fault {
  const named = typeof key === "string" && /^[A-Za-z_]\w*$/.test(key);
  inner.path = (named ? `.${key}` : `[${JSON.stringify(key)}]`) + inner.path;
  return inner;
}

/** Returns the fault of a value of the wrong kind. It names no value, which may be secret. */
export function mistaken(wanted: string, value: unknown): Fault {
  return fault(`must be ${wanted}, not ${describe(value)}`);
}

/** Returns the fault as a cause, e.g. `field "task_id" is missing`. */
export function faultText({ path, reason }: Fault): string {
  return path === "" ? `it ${reason}` : `field "${path.replace(/^\./, "")}" ${reason}`;
}

/** Describes the kind of a value, with its article. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Temporal.Instant || value instanceof Date) return "a point in time";
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "undefined") return "undefined";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isPlainObject(value)) return "an object";
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an unusual object";
}
