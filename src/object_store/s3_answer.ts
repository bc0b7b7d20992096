/**
 * What S3 answers in XML. Its documents are flat and made by machines, so that this knows elements
 * and entities, and nothing else of XML.
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

/** The contents of all elements of a name, as they stand. */
export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^]*?)</${name}>`, "g"));
  return [...found].map(([, content = ""]) => content);
}

/** The text of the first element of a name; undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const [content] = elements(xml, name);
  return content?.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, digits, named) => {
    if (named !== undefined) return ENTITIES[named] ?? whole;
    const point = hex === undefined ? Number(digits) : parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** A text as it may stand in an element. */
export function escaped(text: string): string {
  return text.replace(/[&<>]/g, (sign) => sign === "&" ? "&amp;" : sign === "<" ? "&lt;" : "&gt;");
}

/**
 * The text of an element that must be there.
 *
 * @throws {StoreFailure} `MALFORMED` when it is not
 */
export function neededText(xml: string, name: string): string {
  const text = textOf(xml, name);
  if (text !== undefined) return text;
  throw new StoreFailure("MALFORMED", `the answer has no ${name}: ${xml.slice(0, 200)}`);
}

/** A key of a list that was asked for with `encoding-type=url`. */
export function decodedKey(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw new StoreFailure("MALFORMED", `the answer has a key that is no text: ${text}`, { cause });
  }
}
