/**
 * Bundled JavaScript made fit to stand behind other lines in one file.
 *
 * @module
 */

/** The last line only: what looks like one further up may stand in an author's string. */
const SOURCE_MAP = /(?<=^|\n)(\/\/# sourceMappingURL=data:application\/json[^,\n]*;base64,)(\S+)$/;

/**
 * Prepares code that will stand `linesBefore` lines down: without byte order mark and `#!` line,
 * with an inline source map moved along, ending with a line feed.
 */
export function moduleCode(code: string, linesBefore: number): string {
  const bare = code.replace(/^\ufeff/, "").replace(/^#![^\n\r\u2028\u2029]*/, "").trimEnd();
  return bare.replace(SOURCE_MAP, (_line, marker: string, data: string) => {
    return marker + moveSourceMap(data, linesBefore);
  }) + "\n";
}

/** In a source map, each `;` of the mappings begins a generated line. */
function moveSourceMap(base64: string, lines: number): string {
  const map: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(base64)));
  if (typeof map !== "object" || map === null) return base64;
  if (!("mappings" in map) || typeof map.mappings !== "string") return base64;
  const moved = { ...map, mappings: ";".repeat(lines) + map.mappings };
  return new TextEncoder().encode(JSON.stringify(moved)).toBase64();
}
