import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { readMetadata } from "../../src/bundle/metadata.ts";
import { assembleNodeBundle, readNodeLayout } from "../../src/bundle/node_bundle.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { memorySource, METADATA } from "./bundle_parts.ts";

const SOURCES = [
  { path: "src/main.ts", text: "/* é */ const re = /a*/; // *\\/ **/\n/** doc **\\/ */" },
  { path: "größe.ts", text: "export const two = 2;\n" },
];
const PARTS = {
  code: "globalThis.__nodeBundle = 1;",
  metadata: { ...METADATA, entrypointPath: "src/main.ts" },
  sources: SOURCES,
};

Deno.test("readNodeLayout(): reads what assembleNodeBundle() wrote", async () => {
  for (const parts of [PARTS, { code: PARTS.code, metadata: METADATA }]) {
    const bytes = assembleNodeBundle(parts);
    const layout = await readNodeLayout(memorySource(bytes), "x");
    const metadata = bytes.subarray(layout.metadata.start, layout.metadata.end);
    assertEquals(readMetadata(metadata, "x", "task_handlers"), parts.metadata);
    assertEquals(layout.sources.length, parts === PARTS ? 2 : 0);
    const code = new TextDecoder().decode(bytes.subarray(layout.code.start, layout.code.end));
    assertEquals(code, `${PARTS.code}\n`);
  }
});

Deno.test("assembleNodeBundle(): makes a JavaScript module, whatever its sources contain", async () => {
  await using folder = await TemporaryFolder.create();
  const path = folder.join("etl.min.mjs");
  await Deno.writeFile(path, assembleNodeBundle(PARTS));
  await import(`file://${path}`);
  assertEquals(Reflect.get(globalThis, "__nodeBundle"), 1);
  Reflect.deleteProperty(globalThis, "__nodeBundle");
});

Deno.test("readNodeLayout(): rejects when any byte has changed", async () => {
  const good = assembleNodeBundle(PARTS);
  for (let at = 0; at < good.length; at++) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 1;
    const error = await assertRejects(
      () => readNodeLayout(memorySource(bad), "/b/x.min.mjs"),
      TaskRuntimeError,
      "Cannot read bundle /b/x.min.mjs: ",
    );
    assertEquals(error.code, "INVALID");
  }
});

Deno.test("readNodeLayout(): rejects when the bundle is cut or has bytes after its end", async () => {
  const good = assembleNodeBundle(PARTS);
  for (let size = 0; size < good.length; size++) {
    await assertRejects(
      () => readNodeLayout(memorySource(good.subarray(0, size)), "x"),
      TaskRuntimeError,
    );
  }
  const longer = new Uint8Array(good.length + 1);
  longer.set(good);
  await assertRejects(() => readNodeLayout(memorySource(longer), "x"), TaskRuntimeError);
});

Deno.test("assembleNodeBundle(): throws when Airflow's reader would refuse the bundle", () => {
  const source = (path: string, text: string): typeof PARTS => ({
    ...PARTS,
    metadata: { ...METADATA, entrypointPath: path },
    sources: [{ path, text }],
  });
  for (
    const [parts, reason] of [
      [{ ...PARTS, sources: [] }, 'entry point "src/main.ts" is not embedded'],
      [source("a*/b.ts", "x"), "its path must be one line"],
      [source("a\nb.ts", "x"), "its path must be one line"],
      [source("a.ts", ""), "it is empty"],
      [source("a.ts", "x".repeat((1 << 20) + 1)), "longer than 1048576 bytes"],
      [
        {
          ...PARTS,
          metadata: METADATA,
          sources: Array.from({ length: 40 }, (_, i) => ({ path: `${i}.ts`, text: "x" })),
        },
        "embed fewer",
      ],
    ] as const
  ) assertThrows(() => assembleNodeBundle(parts), TaskRuntimeError, reason);
});
