import { assertEquals } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { withoutFileNames } from "../../src/bundle/file_names.ts";

Deno.test("withoutFileNames() empties the lines that name files outside the folder", async () => {
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
  assertEquals(withoutFileNames(bundled, folder.join("dags"), false), code("", ""));
});
