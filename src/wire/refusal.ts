/**
 * The reason why a value cannot be encoded, and the place in the value.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";

/** A longer path is shortened in the middle, because the path of a cycle is very long. */
const MAX_STEPS = 24;

/** Thrown within the encoder; each enclosing container adds its step to the path. */
export class Refusal {
  /** The kind of value, e.g. `"a function"`. */
  readonly reason: string;
  /** The steps from the value to the root. */
  readonly #steps: string[] = [];

  /** Creates a refusal of a value for `reason`. */
  constructor(reason: string) {
    this.reason = reason;
  }

  /** Adds the key or index under which the enclosing container holds the value. */
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

  /** Returns the error for the caller of the encoder. */
  toError(): TaskRuntimeError {
    return new TaskRuntimeError("INVALID", `Cannot encode value at ${this.path}: ${this.reason}`);
  }
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
