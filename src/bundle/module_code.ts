/**
 * Bundled code as a part of a bundle file: its source map is cut down to the author's modules, for
 * exact lines in the task log, and moved to where the code stands.
 *
 * @module
 */
import { isPlainObject } from "../values.ts";

const MARKER = "//# sourceMappingURL=data:application/json;base64,";
/** A source map on the last line only: an author's string may contain such a line. */
const SOURCE_MAP = /(?:^|\n)\/\/# sourceMappingURL=data:application\/json[^,\n]*;base64,(\S+)\s*$/;

/**
 * Prepares code that follows `linesBefore` lines: removes its byte order mark and its `#!` line, moves
 * its inline source map and ends it with a line feed.
 */
export function moduleCode(code: string, linesBefore: number): string {
  const bare = code.replace(/^\ufeff/, "").replace(/^#![^\n\r\u2028\u2029]*/, "").trimEnd();
  const match = SOURCE_MAP.exec(bare);
  if (match === null) return `${bare}\n`;
  const [, data = ""] = match;
  return `${bare.slice(0, -data.length)}${moveSourceMap(data, linesBefore)}\n`;
}

/** Moves a source map down: each `;` of its mappings begins a generated line. */
function moveSourceMap(base64: string, lines: number): string {
  const map: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(base64)));
  if (typeof map !== "object" || map === null) return base64;
  if (!("mappings" in map) || typeof map.mappings !== "string") return base64;
  const moved = { ...map, mappings: ";".repeat(lines) + map.mappings };
  return new TextEncoder().encode(JSON.stringify(moved)).toBase64();
}

/**
 * Cuts the inline source map at the end of `code` down to the sources that `keep` names.
 *
 * `keep` receives each source as the map has it and returns the name to show, or undefined to drop the
 * source. The texts of sources and the names of symbols are dropped. A map without sources is removed.
 */
export function trimSourceMap(
  code: string,
  keep: (source: string) => string | undefined,
): string {
  const match = SOURCE_MAP.exec(code);
  if (match === null) return code;
  const [line, data = ""] = match;
  const bare = code.slice(0, code.length - line.length) + "\n";
  const map: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(data)));
  if (
    !isPlainObject(map) || typeof map["mappings"] !== "string" || !Array.isArray(map["sources"])
  ) {
    return bare;
  }
  const names = map["sources"].map((source) =>
    typeof source === "string" ? keep(source) : undefined
  );
  const sources = names.filter((name) => name !== undefined);
  if (sources.length === 0) return bare;
  const places = names.map((name) => name === undefined ? undefined : sources.indexOf(name));
  const trimmed = { version: 3, sources, names: [], mappings: trim(map["mappings"], places) };
  return `${bare}${MARKER}${new TextEncoder().encode(JSON.stringify(trimmed)).toBase64()}\n`;
}

/** The position that the numbers of the next segment are relative to. */
interface Position {
  source: number;
  line: number;
  column: number;
}

function trim(mappings: string, places: readonly (number | undefined)[]): string {
  const read: Position = { source: 0, line: 0, column: 0 };
  const written: Position = { source: 0, line: 0, column: 0 };
  return mappings.split(";").map((line) => trimLine(line, places, read, written)).join(";");
}

/** Trims a generated line. Columns are relative to the line, everything else to the line before. */
function trimLine(
  line: string,
  places: readonly (number | undefined)[],
  read: Position,
  written: Position,
): string {
  const segments: string[] = [];
  let readColumn = 0;
  let writtenColumn = 0;
  let within = false;
  for (const segment of line === "" ? [] : line.split(",")) {
    const [column = 0, source = 0, sourceLine = 0, sourceColumn = 0] = decodeVlq(segment);
    readColumn += column;
    read.source += source;
    read.line += sourceLine;
    read.column += sourceColumn;
    const place = segment.length > 1 ? places[read.source] : undefined;
    if (place === undefined) {
      // A segment of one number ends what was mapped before it.
      if (within) segments.push(encodeVlq([readColumn - writtenColumn]));
      if (within) writtenColumn = readColumn;
      within = false;
      continue;
    }
    segments.push(encodeVlq([
      readColumn - writtenColumn,
      place - written.source,
      read.line - written.line,
      read.column - written.column,
    ]));
    writtenColumn = readColumn;
    written.source = place;
    written.line = read.line;
    written.column = read.column;
    within = true;
  }
  return segments.join(",");
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Decodes base 64 digits of 5 bits, the least first; the sixth bit marks that more follow. */
function decodeVlq(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    // The lowest bit is the sign.
    numbers.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function encodeVlq(numbers: readonly number[]): string {
  let text = "";
  for (const number of numbers) {
    let value = number < 0 ? (-number << 1) | 1 : number << 1;
    do {
      const bits = value & 31;
      value >>>= 5;
      text += DIGITS[value > 0 ? bits | 32 : bits];
    } while (value > 0);
  }
  return text;
}
