import { assertEquals } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { pathWithin, withoutFileNames } from "../../src/bundle/author_files.ts";

Deno.test("withoutFileNames(): empties the lines that name files outside the folder", async () => {
  await using folder = await TemporaryFolder.create();
  for (const name of ["dags", "cache"]) await Deno.mkdir(folder.join(name));
  for (const name of ["dags/etl.ts", "cache/mod.js"]) {
    await Deno.writeTextFile(folder.join(name), "");
  }
  // The third name stands behind a line of code, and the last names no file: neither is the bundler's.
  const code = (own: string, other: string): string =>
    `${other}\na();\n\n${own}\nb();\n\n${other}\nc();\n// ../cache/mod.js\n\n// ../gone.js\n`;
  const bundled = code("// etl.ts", "// ../cache/mod.js");
  assertEquals(withoutFileNames(bundled, folder.join("dags")), code("// etl.ts", ""));
});

Deno.test("pathWithin(): returns undefined when the path is outside the folder", () => {
  assertEquals(pathWithin("/dags", "/dags/etl.ts"), "etl.ts");
  assertEquals(pathWithin("/dags", "/dags/a/../b/etl.ts"), "b/etl.ts");
  assertEquals(pathWithin("/dags", "/dags/..etl.ts"), "..etl.ts");
  assertEquals(pathWithin("/dags", "/dags/.../etl.ts"), ".../etl.ts");
  for (const path of ["/etl.ts", "/", "/dags-2/etl.ts", "/dags/../etl.ts"]) {
    assertEquals(pathWithin("/dags", path), undefined);
  }
});
