import { assertEquals } from "@std/assert";
import { trimSourceMap } from "../../src/bundle/module_code.ts";

const MARKER = "//# sourceMappingURL=data:application/json;base64,";

function withMap(code: string, map: unknown): string {
  return `${code}\n${MARKER}${new TextEncoder().encode(JSON.stringify(map)).toBase64()}\n`;
}

function mapOf(code: string): Record<string, unknown> {
  const data = code.trimEnd().split(MARKER)[1] ?? "";
  return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(data)));
}

// Two sources; generated columns 0 and 8 of line 1 are from the first, column 16 of line 1 and
// column 0 of line 2 from the second, column 4 of line 2 from the first again.
const MAP = {
  version: 3,
  sources: ["../sdk.ts", "../author/main.ts"],
  sourcesContent: ["sdk text", "author text"],
  names: ["register"],
  mappings: "AAAA,QAAQA,QCIJ;AACA,IDJA",
};

Deno.test("trimSourceMap(): keeps the author's sources under the given names", () => {
  const code = trimSourceMap(
    withMap("code", MAP),
    (source) => source.includes("author") ? "main.ts" : undefined,
  );
  assertEquals(code.startsWith(`code\n${MARKER}`), true);
  // Column 16 is line 5, column 4 of main.ts; line 2 begins with line 6 of it, and column 4 ends it.
  assertEquals(mapOf(code), {
    version: 3,
    sources: ["main.ts"],
    names: [],
    mappings: "gBAII;AACA,I",
  });
});

Deno.test("trimSourceMap(): keeps all mappings when it keeps all sources", () => {
  const code = trimSourceMap(
    withMap("code", { ...MAP, mappings: "AAAA,QAAQ,QCIZ;AACA,IDJA" }),
    (s) => s,
  );
  assertEquals(mapOf(code)["mappings"], "AAAA,QAAQ,QCIZ;AACA,IDJA");
});

Deno.test("trimSourceMap(): removes the map when no source is kept", () => {
  assertEquals(trimSourceMap(withMap("code", MAP), () => undefined), "code\n");
  const text = `const a = "${MARKER}AAAA";\nrun(a);\n`;
  assertEquals(trimSourceMap(text, (source) => source), text);
});
