import { assertEquals, assertRejects } from "@std/assert";
import { TaskRuntimeError } from "../../src/error.ts";
import { inspectBundle } from "../../src/bundle/inspect.ts";
import { assembleNodeBundle } from "../../src/bundle/node_bundle.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { appendTrailer } from "../../src/bundle/self_contained.ts";
import { assembleThinBundle } from "../../src/bundle/thin_bundle.ts";
import { METADATA } from "./bundle_parts.ts";

Deno.test("inspectBundle(): describes bundles of all three forms", async () => {
  await using folder = await TemporaryFolder.create();
  const parts = { code: "await 1;", metadata: METADATA };
  await Deno.writeFile(folder.join("thin"), assembleThinBundle(parts), { mode: 0o755 });
  await Deno.writeFile(folder.join("node.min.mjs"), assembleNodeBundle(parts));
  await Deno.writeFile(folder.join("self"), new Uint8Array([0x7f, 0x45, 0x4c, 0x46]));
  await appendTrailer(folder.join("self"), METADATA);
  for (
    const [name, form, executable] of [
      ["thin", "thin", true],
      ["node.min.mjs", "node", false],
      ["self", "self-contained", false],
    ] as const
  ) {
    const path = folder.join(name);
    const found = await inspectBundle(path);
    assertEquals([found.path, found.form, found.executable], [path, form, executable]);
    assertEquals([found.sdk, found.dags, found.source], [METADATA.sdk, METADATA.dags, "main.ts"]);
    assertEquals(found.size, (await Deno.stat(path)).size);
    assertEquals(found.sourceSize, 0);
    assertEquals(/^[0-9a-f]{64}$/.test(found.sha256), true);
    assertEquals(JSON.parse(JSON.stringify(found)), found);
  }
});

Deno.test("inspectBundle(): names the file and the first error when a bundle is invalid", async () => {
  await using folder = await TemporaryFolder.create();
  const thin = assembleThinBundle({ code: "await 1;", metadata: METADATA });
  const changed = thin.slice();
  changed[30] = 0x58;
  for (
    const [name, bytes, reason] of [
      ["plain", new TextEncoder().encode("#!/bin/sh\necho hello\n".repeat(9)), "no bundle trailer"],
      ["changed", changed, "changed after packing"],
      ["cut", thin.subarray(1), "changed after packing"],
      ["code.min.mjs", new TextEncoder().encode("export {};\n"), "no airflowBundle line"],
    ] as const
  ) {
    await Deno.writeFile(folder.join(name), bytes);
    const error = await assertRejects(
      () => inspectBundle(folder.join(name)),
      TaskRuntimeError,
      reason,
    );
    assertEquals(error.code, "INVALID");
    assertEquals(error.message.startsWith(`Cannot read bundle ${folder.join(name)}: `), true);
  }
});

Deno.test("inspectBundle(): rejects when the path does not exist or is a folder", async () => {
  await using folder = await TemporaryFolder.create();
  const missing = await assertRejects(() => inspectBundle(folder.join("no")), TaskRuntimeError);
  assertEquals(missing.code, "NOT_FOUND");
  await assertRejects(() => inspectBundle(folder.path), TaskRuntimeError, "it is not a file");
});
