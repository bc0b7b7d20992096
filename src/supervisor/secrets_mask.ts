/**
 * Keeps secrets out of what we log.
 *
 * Airflow's supervisor masks the task log too; this one masks before a line leaves the process, and
 * in what goes elsewhere, such as the reason of a retry. The rules are those of the secrets masker
 * of Airflow's Task SDK.
 *
 * @module
 */
import { isSensitiveName, MASK, MIN_SECRET_LENGTH } from "../protocol/secret_name.ts";

/** A copy of `value` with every text under a sensitive name replaced by `***`, for showing it. */
export function withoutSecrets(value: unknown, isSecret = false): unknown {
  if (typeof value === "string") return isSecret && value !== "" ? MASK : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, isSecret));
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      withoutSecrets(field, isSecret || isSensitiveName(key)),
    ]),
  );
}

/** The secrets of one task run: learns them, and replaces them by `***`. */
export class SecretsMask {
  readonly #secrets = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * Learns a secret: a text, or a structure whose texts are secrets where their names say so. With
   * a `name`, only if that is a sensitive one; texts of less than 5 characters never are.
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

  /** Learns what is secret in a connection: its password, its extra, and what is in it. */
  addConnection({ password, extra }: { password: string | null; extra: string | null }): void {
    this.add(password);
    this.add(extra);
    if (extra === null) return;
    try {
      this.add(JSON.parse(extra), "");
    } catch {
      // An extra that is no JSON is one secret, learnt above.
    }
  }

  /** The text with every known secret replaced. */
  mask(text: string): string {
    if (this.#secrets.size === 0) return text;
    // The longest first, so that a secret within another does not leave the other's rest.
    this.#pattern ??= new RegExp(
      [...this.#secrets].sort((a, b) => b.length - a.length).map(RegExp.escape).join("|"),
      "g",
    );
    return text.replace(this.#pattern, MASK);
  }

  /** Whether there is nothing to mask, so that {@linkcode mask} need not be called. */
  get isEmpty(): boolean {
    return this.#secrets.size === 0;
  }

  /** The text itself, and as it looks within a URI, within JSON, and where Deno shows a value. */
  #addText(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH || secret.toLowerCase() === "airflow") return;
    const known = this.#secrets.size;
    this.#secrets.add(secret);
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
    this.#secrets.add(Deno.inspect(secret, { strAbbreviateSize: Infinity }).slice(1, -1));
    this.#secrets.add(quote(secret));
    if (this.#secrets.size > known) this.#pattern = undefined;
  }
}

/** Percent-encodes as Python's `quote(text, safe="")` does. */
export function quote(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
