/**
 * The forms in which a secret appears in what a task logs.
 *
 * Airflow masks a secret as it is. The runtime also masks it as it looks within JSON, within a URL,
 * and where Deno shows a value, because those are the ways in which JavaScript logs it.
 *
 * @module
 */

/** Deno shows no more of a text within a value than these characters. */
const SHOWN_LENGTH = 10_000;
/** Lines of a secret of at least this length are masked alone: Deno shows a long text line by line. */
const MIN_LINE_LENGTH = 16;
/** A text that is the same in every form. */
const UNCHANGED = /^[\w.-]*$/;

/** Returns all forms of a secret, itself among them. */
export function secretForms(secret: string): readonly string[] {
  return [secret, ...partsOf(secret)].flatMap(formsOf);
}

/** Returns what Deno shows of a long secret, and of one of several lines. */
function partsOf(secret: string): readonly string[] {
  const shown = secret.slice(0, SHOWN_LENGTH);
  const lines = shown.split(/\r?\n/);
  return [
    ...shown.length < secret.length ? [shown] : [],
    ...lines.length > 1 ? lines.filter(({ length }) => length >= MIN_LINE_LENGTH) : [],
  ];
}

function formsOf(part: string): readonly string[] {
  if (UNCHANGED.test(part)) return [part];
  const json = withinJson(part);
  const quoted = percentEncode(part);
  const url = new URL("http://host");
  url.password = part;
  return [
    part,
    json,
    // JSON within JSON, and where Deno shows such a text.
    withinJson(json),
    json.replaceAll("\\", "\\\\"),
    Deno.inspect(part, { strAbbreviateSize: Infinity }).slice(1, -1),
    quoted,
    // As written by a form and by Python's quote_plus(), encodeURIComponent() and URL.
    quoted.replaceAll("%20", "+"),
    new URLSearchParams([["", part]]).toString().slice(1),
    encodeURIComponent(part.toWellFormed()),
    url.password,
  ];
}

function withinJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Percent-encodes text as Python's `quote(text, safe="")` does. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
