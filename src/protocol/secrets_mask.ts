/**
 * Airflow's secrets masker: replaces registered secrets, and texts under sensitive names, by `***`.
 *
 * @module
 */
import { isPlainObject } from "../values.ts";
import { isSensitiveName, MASK, MIN_SECRET_LENGTH } from "./secret_name.ts";

/** Returns the forms in which a secret appears in text. */
export type SecretForms = (secret: string) => readonly string[];

/**
 * The registered secrets of one task run.
 *
 * The rules are those of the Task SDK's masker: a text is a secret by itself; in an object it is one
 * if its name is sensitive; texts of less than 5 characters, and "airflow", never are.
 *
 * @example
 * ```ts
 * import { SecretsMask } from "./secrets_mask.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const secrets = new SecretsMask();
 * secrets.add({ host: "db.example.com", password: "hunter2" });
 * assertEquals(secrets.mask("hunter2@db.example.com"), "***@db.example.com");
 * ```
 */
export class SecretsMask {
  readonly #formsOf: SecretForms;
  readonly #forms = new Set<string>();

  /** Creates a mask for secrets as they are, as Airflow's, or for each of the forms that are given. */
  constructor(formsOf: SecretForms = (secret) => [secret]) {
    this.#formsOf = formsOf;
  }

  /** The number of texts that are masked; each form of a secret counts. */
  get size(): number {
    return this.#forms.size;
  }

  /**
   * Registers a secret: a text, or an array or object that holds texts. With a `name`, a text is
   * only registered if the name is sensitive.
   */
  add(secret: unknown, name?: string | null): void {
    if (typeof secret === "string") {
      if (name === undefined || name === null || isSensitiveName(name)) this.#addText(secret);
    } else if (Array.isArray(secret)) {
      for (const item of secret) this.add(item, name);
    } else if (typeof secret === "object" && secret !== null) {
      for (const [key, value] of Object.entries(secret)) this.add(value, key);
    }
  }

  /** Registers a connection's password, its extra, and the sensitive values in the extra. */
  addConnection({ password, extra }: { password?: unknown; extra?: unknown }): void {
    this.add(password);
    this.add(extra);
    if (typeof extra !== "string") return;
    try {
      this.add(JSON.parse(extra), "");
    } catch {
      // An extra that is not JSON is one secret, registered above.
    }
  }

  #addText(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH || secret.toLowerCase() === "airflow") return;
    for (const form of this.#formsOf(secret)) this.#forms.add(form);
  }

  /** Returns the text with `***` for each secret; for secrets that overlap, without a rest of either. */
  mask(text: string): string {
    const spans: [from: number, to: number][] = [];
    for (const form of this.#forms) {
      for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
        spans.push([at, at + form.length]);
      }
    }
    if (spans.length === 0) return text;
    let masked = "";
    let end = 0;
    for (const [from, to] of spans.sort(([a], [b]) => a - b)) {
      if (from >= end) masked += text.slice(end, from) + MASK;
      end = Math.max(end, to);
    }
    return masked + text.slice(end);
  }

  /** Returns a copy of a value with its texts masked, and every text under a sensitive name hidden. */
  redact(value: unknown, name = ""): unknown {
    if (value !== null && value !== "" && isSensitiveName(name)) return hide(value);
    if (typeof value === "string") return this.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.redact(item));
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.redact(item, key)]),
    );
  }
}

/** Replaces every text by `***`; numbers and booleans stay, as in Airflow. */
function hide(value: unknown): unknown {
  if (typeof value === "string") return MASK;
  if (Array.isArray(value)) return value.map(hide);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item)]));
}
