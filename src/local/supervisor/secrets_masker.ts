/**
 * Hides secrets in log records the way Airflow's supervisor does.
 *
 * @module
 */

import { isSensitiveName, MASK, MIN_SECRET_LENGTH } from "../../protocol/secret_name.ts";
import type { LogRecord } from "./log_record.ts";
import { isPlainObject } from "../../values.ts";

/** Knows the secrets of one task run and replaces them by `***` in what is shown. */
export class SecretsMasker {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * Adds a secret: a string, or a structure whose strings are secrets. With a `name`, only if the
   * name is a sensitive one, as in Airflow's `mask_secret(secret, name)`.
   */
  add(secret: unknown, name?: string | null): void {
    if (typeof secret === "string") {
      const hidden = name === undefined || name === null || isSensitiveName(name);
      if (!hidden || secret.length < MIN_SECRET_LENGTH || secret.toLowerCase() === "airflow") {
        return;
      }
      this.#secrets.add(secret);
      this.#pattern = undefined;
    } else if (Array.isArray(secret)) {
      for (const item of secret) this.add(item, name);
    } else if (typeof secret === "object" && secret !== null) {
      for (const [key, value] of Object.entries(secret)) this.add(value, key);
    }
  }

  /** Adds what is secret in a connection: its password, its extra, and the extra's sensitive values. */
  addConnection(connection: { password?: unknown; extra?: unknown }): void {
    this.add(connection.password);
    this.add(connection.extra);
    if (typeof connection.extra !== "string") return;
    try {
      const extra: unknown = JSON.parse(connection.extra);
      if (typeof extra === "object") this.add(extra);
    } catch {
      // An extra that is no JSON is one secret, added above.
    }
  }

  /** The text with every known secret replaced. */
  mask(text: string): string {
    if (this.#secrets.size === 0) return text;
    // The longest first, so that a secret inside another does not leave the other's rest.
    this.#pattern ??= new RegExp(
      [...this.#secrets].sort((a, b) => b.length - a.length).map(RegExp.escape).join("|"),
      "g",
    );
    return text.replace(this.#pattern, MASK);
  }

  /** The record with every known secret, and the strings under sensitive names, replaced. */
  maskRecord(record: LogRecord): LogRecord {
    const { exception } = record;
    return {
      ...record,
      event: this.mask(record.event),
      fields: Object.fromEntries(
        Object.entries(record.fields).map(([key, value]) => [key, this.redact(value, key)]),
      ),
      ...(exception === undefined ? {} : { exception: this.redact(exception) }),
    };
  }

  /** The value with every known secret in it, and the strings under sensitive names, replaced. */
  redact(value: unknown, name = ""): unknown {
    if (value !== null && value !== "" && isSensitiveName(name)) return hide(value);
    if (typeof value === "string") return this.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.redact(item));
    if (isPlainObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, this.redact(item, key)]),
      );
    }
    return value;
  }
}

/** Under a sensitive name every string goes, numbers and booleans stay, as in Airflow. */
function hide(value: unknown): unknown {
  if (typeof value === "string") return MASK;
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item)]));
  }
  return value;
}
