/**
 * Faults in messages, with their place.
 *
 * @module
 */
import { describeKind } from "../values.ts";

/** A fault in a message. */
export interface SchemaFault {
  /** The path to the value, e.g. `.task_outlets[0].name`. */
  path: string;
  /** The reason, e.g. `must be a string, not a number`. */
  readonly reason: string;
  /** True for a value that is valid in a newer schema version. */
  readonly isNewer?: boolean;
}

/** Returns a fault of the value itself. */
export function fault(reason: string): SchemaFault {
  return { path: "", reason };
}

/** Adds the key of the faulty value within its container to the path. */
export function within(key: string | number, inner: SchemaFault): SchemaFault {
  const named = typeof key === "string" && /^[A-Za-z_]\w*$/.test(key);
  inner.path = (named ? `.${key}` : `[${JSON.stringify(key)}]`) + inner.path;
  return inner;
}

/** Returns the fault of a value of the wrong kind. It names no value, which may be secret. */
export function mistaken(wanted: string, value: unknown): SchemaFault {
  return fault(`must be ${wanted}, not ${describeKind(value)}`);
}

/** Returns the fault as a cause, e.g. `field "task_id" is missing`. */
export function faultText({ path, reason }: SchemaFault): string {
  return path === "" ? `it ${reason}` : `field "${path.replace(/^\./, "")}" ${reason}`;
}
