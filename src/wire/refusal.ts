/**
 * Why a value cannot be encoded, and where in it the trouble sits.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";

/** More steps than this are shortened in the middle, so that a cycle does not fill the log. */
const MAX_STEPS = 24;

/** Thrown inside the encoder; each open container adds its step while the stack unwinds. */
export class Refusal {
  /** What stands there, e.g. `"a function"`. */
  readonly reason: string;
  /** The steps from the offending value outwards. */
  readonly #steps: string[] = [];

  /** Makes a refusal for `reason`, at the value itself. */
  constructor(reason: string) {
    this.reason = reason;
  }

  /** Adds the step by which the enclosing container holds the value. */
  within(step: unknown): this {
    this.#steps.push(stepText(step));
    return this;
  }

  /** The path from the root, e.g. `$.rows[3].fn`. */
  get path(): string {
    const steps = this.#steps.toReversed();
    if (steps.length > MAX_STEPS) {
      const half = MAX_STEPS / 2;
      steps.splice(half, steps.length - MAX_STEPS, "…");
    }
    return "$" + steps.join("");
  }

  /** The error for the caller. */
  toError(): TaskRuntimeError {
    return new TaskRuntimeError("INVALID", `Cannot encode value at ${this.path}: ${this.reason}`);
  }
}

/** Names what `value` is, with its article, for a message; shows none of its contents. */
export function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (value instanceof Promise) return "a Promise (await it first)";
  if (value instanceof Set) return "a Set (spread it into an array)";
  if (typeof value !== "object" || value === null) return `a ${typeof value}`;
  const name = className(value);
  return name === undefined ? "an object with an unusual prototype" : `an instance of ${name}`;
}

function className(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null) return undefined;
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof constructor === "function" && constructor.name ? constructor.name : undefined;
}

function stepText(step: unknown): string {
  switch (typeof step) {
    case "string":
      return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    case "number":
    case "bigint":
    case "boolean":
      return `[${step}]`;
    default:
      return "[a key]";
  }
}
