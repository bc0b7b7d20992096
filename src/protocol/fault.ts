/**
 * What is wrong with a message, and where in it.
 *
 * @module
 */
import { isPlainObject } from "../values.ts";

/** Something wrong, found somewhere inside a message. */
export interface Fault {
  /** Where: `.task_outlets[0].name`; put together from the inside out. */
  path: string;
  /** What: `must be a string, not a number`. */
  readonly reason: string;
  /** Whether the value is well formed, but of a newer schema date. */
  readonly isNewer?: boolean;
}

/** A fault at the value itself. */
export function fault(reason: string): Fault {
  return { path: "", reason };
}

/** The same fault, seen from the value that holds it under `key`. */
export function within(key: string | number, inner: Fault): Fault {
  const named = typeof key === "string" && /^[A-Za-z_]\w*$/.test(key);
  inner.path = (named ? `.${key}` : `[${JSON.stringify(key)}]`) + inner.path;
  return inner;
}

/** A fault of kind: `must be <wanted>, not <what it is>`. Says no values: they may be secret. */
export function mistaken(wanted: string, value: unknown): Fault {
  return fault(`must be ${wanted}, not ${describe(value)}`);
}

/** The fault as the end of a sentence: `field "task_id" is missing`. */
export function tell({ path, reason }: Fault): string {
  return path === "" ? `it ${reason}` : `field "${path.replace(/^\./, "")}" ${reason}`;
}

/** What kind of value it is, with its article. */
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
