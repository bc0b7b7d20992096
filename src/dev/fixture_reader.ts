/**
 * A value inside a fixtures file, with its path, read by its kind or refused by name.
 *
 * @module
 */

import { TaskRuntimeError } from "../error.ts";
import type { JsonObject, JsonValue } from "../protocol/generated.ts";
import { readDateTime } from "../protocol/date_time.ts";
import { isJsonObject } from "./json_object.ts";

/**
 * A value that JSON.parse has made, and where it stands.
 *
 * @example
 * ```ts
 * import { FixtureReader } from "./fixture_reader.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const tasks = new FixtureReader({ audit: { retries: "2" } }, "tasks");
 * const retries = tasks.fields().get("audit")?.fields().get("retries");
 * assertThrows(() => retries?.whole(), Error, "tasks.audit.retries: expected a whole number");
 * ```
 */
export class FixtureReader {
  /** The value. */
  readonly value: unknown;
  /** Where it stands, e.g. `tasks.audit.retries`; empty for the file itself. */
  readonly path: string;

  /** A value at a path. */
  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** The error that says what was expected here. */
  error(reason: string): TaskRuntimeError {
    const where = this.path === "" ? "the file" : this.path;
    return new TaskRuntimeError("INVALID", `Cannot read the fixtures at ${where}: ${reason}`);
  }

  /**
   * The fields of an object; only those in `known`, when it is given.
   *
   * A Map and no object, so that a key such as `__proto__` is a key like any other.
   */
  fields(known?: readonly string[]): Map<string, FixtureReader> {
    const { value } = this;
    if (!isJsonObject(value)) throw this.error("expected an object");
    const prefix = this.path === "" ? "" : `${this.path}.`;
    const fields = new Map<string, FixtureReader>();
    for (const [key, item] of Object.entries(value)) {
      const field = new FixtureReader(item, `${prefix}${key}`);
      if (known?.includes(key) === false) {
        throw field.error(`known are ${known.filter((name) => name !== "$schema").join(", ")}`);
      }
      fields.set(key, field);
    }
    return fields;
  }

  /** The items of a list. */
  items(kind = "a list"): FixtureReader[] {
    const { value } = this;
    if (!Array.isArray(value)) throw this.error(`expected ${kind}`);
    return value.map((item: unknown, index) => new FixtureReader(item, `${this.path}[${index}]`));
  }

  /** A text. */
  text(kind = "a text"): string {
    if (typeof this.value !== "string") throw this.error(`expected ${kind}`);
    return this.value;
  }

  /** A text or null. */
  textOrNull(): string | null {
    return this.value === null ? null : this.text("a text or null");
  }

  /** A list of texts. */
  texts(kind = "a text"): string[] {
    return this.items(`a list, each ${kind}`).map((item) => item.text(kind));
  }

  /** One of these texts. */
  oneOf<T extends string>(known: readonly T[]): T {
    const found = known.find((text) => text === this.value);
    if (found === undefined) throw this.error(`expected one of ${known.join(", ")}`);
    return found;
  }

  /** A number from 0 up. */
  amount(): number {
    if (typeof this.value !== "number" || !(this.value >= 0)) {
      throw this.error("expected a number from 0 up");
    }
    return this.value;
  }

  /** A whole number, from `least` up. */
  whole(least = 0): number {
    if (typeof this.value !== "number" || !Number.isInteger(this.value)) {
      throw this.error("expected a whole number");
    }
    if (this.value < least) throw this.error(`expected a number from ${least} up`);
    return this.value;
  }

  /** True or false. */
  flag(): boolean {
    if (typeof this.value !== "boolean") throw this.error("expected true or false");
    return this.value;
  }

  /** A point in time. */
  moment(): Temporal.Instant {
    const moment = typeof this.value === "string" ? readDateTime(this.value) : undefined;
    if (moment === undefined) throw this.error("expected a time such as 2026-01-02T03:04:05Z");
    return moment;
  }

  /** A point in time or null. */
  momentOrNull(): Temporal.Instant | null {
    return this.value === null ? null : this.moment();
  }

  /** Any JSON value. */
  json(): JsonValue {
    if (!isJson(this.value)) throw this.error("expected JSON");
    return this.value;
  }

  /** A JSON object. */
  jsonObject(): JsonObject {
    if (!isJsonObject(this.value)) throw this.error("expected an object");
    return this.value;
  }
}

/** Asked of what JSON.parse has made, so all but undefined is JSON. */
function isJson(value: unknown): value is JsonValue {
  return value !== undefined;
}
