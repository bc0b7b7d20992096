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
import { SecretPatterns } from "./secret_patterns.ts";

/** Where Deno shows a value, it shows of each text within it no more characters than these. */
const SHOWN_WITHIN = 10_000;
/** Lines of a secret that are at least so long are secrets too: Deno shows a long text line by line. */
const MIN_LINE_LENGTH = 16;

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
  readonly #patterns = new SecretPatterns();

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
    return this.#secrets.size === 0 ? text : this.#patterns.replace(text, MASK);
  }

  /** Whether there is nothing to mask, so that {@linkcode mask} need not be called. */
  get isEmpty(): boolean {
    return this.#secrets.size === 0;
  }

  /** How many texts are masked, each form of a secret by itself. */
  get size(): number {
    return this.#secrets.size;
  }

  #addText(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH || secret.toLowerCase() === "airflow") return;
    for (const part of [secret, ...partsOf(secret)]) {
      for (const form of formsOf(part)) {
        if (this.#secrets.has(form)) continue;
        this.#secrets.add(form);
        this.#patterns.add(form);
      }
    }
  }
}

/** What Deno shows of a long secret within a value, and of one of many lines. */
function partsOf(secret: string): readonly string[] {
  const shown = secret.slice(0, SHOWN_WITHIN);
  const lines = shown.split(/\r?\n/);
  return [
    ...shown.length < secret.length ? [shown] : [],
    ...lines.length > 1 ? lines.filter(({ length }) => length >= MIN_LINE_LENGTH) : [],
  ];
}

/** Looks the same everywhere. */
const PLAIN = /^[\w.-]*$/;

/** The text itself, and as it looks within JSON, where Deno shows a value, and within a URI. */
function formsOf(secret: string): readonly string[] {
  if (PLAIN.test(secret)) return [secret];
  const json = inJson(secret);
  const quoted = quote(secret);
  const user = new URL("http://host");
  user.password = secret;
  return [
    secret,
    json,
    // A body that is JSON, within JSON and where Deno shows a value: a text in quotes of another kind.
    inJson(json),
    json.replaceAll("\\", "\\\\"),
    Deno.inspect(secret, { strAbbreviateSize: Infinity }).slice(1, -1),
    quoted,
    // As a form and Python's quote_plus() have it, encodeURIComponent(), and the password of a URL.
    quoted.replaceAll("%20", "+"),
    new URLSearchParams([["", secret]]).toString().slice(1),
    encodeURIComponent(secret.toWellFormed()),
    user.password,
  ];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Percent-encodes as Python's `quote(text, safe="")` does. */
export function quote(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
