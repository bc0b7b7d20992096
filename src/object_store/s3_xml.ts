/**
 * The XML of S3. Its documents are flat and generated, so elements and entities are enough.
 *
 * @module
 */
import { StoreFailure } from "./store.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** Returns the raw content of all elements with a name. */
export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, "g"));
  return [...found].map(([, content = ""]) => content);
}

/** Returns the text of the first element with a name; undefined without one. */
export function textOf(xml: string, name: string): string | undefined {
  const [content] = elements(xml, name);
  return content?.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, digits, named) => {
    if (named !== undefined) return ENTITIES[named] ?? whole;
    const point = hex === undefined ? Number(digits) : parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** Escapes a text for an element. */
export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => sign === "&" ? "&amp;" : sign === "<" ? "&lt;" : "&gt;");
}

/**
 * Returns the text of a required element.
 *
 * @throws {StoreFailure} `MALFORMED` if it does not exist
 */
export function requiredText(xml: string, name: string): string {
  const text = textOf(xml, name);
  if (text !== undefined) return text;
  throw new StoreFailure(
    "MALFORMED",
    `the response of S3 has no element ${name}: ${xml.slice(0, 200)}`,
  );
}

/** Decodes a key of a list that was requested with `encoding-type=url`. */
export function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw new StoreFailure("MALFORMED", `the response of S3 has a malformed key: ${text}`, {
      cause,
    });
  }
}
