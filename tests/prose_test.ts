// Holds prose to the words of the project; `deno run --allow-read scripts/prose.ts PATH…` lists what
// fails here.

import { assertEquals } from "@std/assert";
import { findBanned, type Finding, proseFiles } from "../scripts/prose.ts";

const ROOT = new URL("../", import.meta.url).pathname;

/** The titles of the tests in a file. */
function titles(text: string): string {
  const quoted = text.matchAll(/(?:\bDeno\.test\(|\.step\(|\bname: )\s*("[^"]+"|`[^`]+`)/g);
  return Array.from(quoted, ([, title = ""]) => title).join("\n");
}

function newestSection(changelog: string): string {
  return changelog.split(/^## /m)[1] ?? "";
}

/** The folder that a figure is kept for, e.g. `docs` or `src/wire`. */
function folderOf(path: string): string {
  const [top = "", folder = "", file] = path.split("/");
  return file === undefined || !["src", "tests"].includes(top) ? top : `${top}/${folder}`;
}

function findings(): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>();
  const read = (path: string, part: (text: string) => string): void => {
    const paths = proseFiles(`${ROOT}${path}`).filter((file) =>
      !/\/prose(?:_test)?\.ts$/.test(file)
    );
    for (const file of paths) {
      const folder = folderOf(file.slice(ROOT.length));
      const here = findBanned(part(Deno.readTextFileSync(file)));
      found.set(folder, [...found.get(folder) ?? [], ...here]);
    }
  };
  const pages = Array.from(Deno.readDirSync(ROOT), ({ name }) => name)
    .filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md");
  for (const path of [...pages, "docs", "mod.ts", "src", "examples", "scripts"]) {
    read(path, (text) => text);
  }
  read("tests", titles);
  read("CHANGELOG.md", newestSection);
  return found;
}

Deno.test({
  name: "prose: contains no banned turn of phrase",
  permissions: { read: true },
  fn() {
    const found = Array.from(findings()).filter(([, { length }]) => length > 0)
      .map(([folder, { length }]) =>
        `${folder}: ${length} banned turns of phrase. ` +
        `List them with \`deno run --allow-read scripts/prose.ts ${folder}\`.`
      );
    assertEquals(found, []);
  },
});

Deno.test("findBanned: finds a phrase across the line break of a comment", () => {
  assertEquals(findBanned("/**\n * The value is\n * no number.\n */"), [
    { line: 2, phrase: "is no", instead: "must be a, is not a" },
  ]);
});

Deno.test("findBanned: accepts 'there is no' and 'is no longer'", () => {
  assertEquals(findBanned("There is no file. It is no longer open."), []);
});
