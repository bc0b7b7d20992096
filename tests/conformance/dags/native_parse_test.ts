// Bundles of native Dags, parsed by the Dag processor of Airflow 3.4.0b2.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseNative } from "../harness/native_parse.ts";

Deno.test("Dag processor: parses a bundle and stores the source of its Dag", async () => {
  const entry = new URL("../../runtime/testdata/native.ts", import.meta.url);
  const { import_errors, dags, sources } = await parseNative(entry);
  assertEquals(import_errors, {});
  assertEquals(Object.keys(dags), ["native"]);
  const source = await Deno.readTextFile(entry);
  // An invisible character breaks up what would end the surrounding comment.
  assertEquals(sources["native"], {
    language: "typescript",
    text: source.replaceAll("*/", "*\u2060/"),
  });
});

Deno.test("Dag processor: has the Dags of the files that load and an import error for the others", async () => {
  const { import_errors, dags } = await parseNative(
    new URL("../../runtime/testdata/dag_files.ts", import.meta.url),
  );
  // Outside of the Dag processor no variables are available, which fails only the file that reads one.
  assertEquals(Object.keys(dags), ["here"]);
  assertStringIncludes(String(import_errors["native (some of its Dags)"]), "Cannot get variable");
  assertStringIncludes(
    String(import_errors["native (some of its Dags)"]),
    'defined but never called: task "torn.never_called"',
  );
});
