import { assertEquals } from "@std/assert";
import { assembleNodeBundle } from "../../src/bundle/node_bundle.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { appendTrailer } from "../../src/bundle/self_contained.ts";
import { assembleThinBundle } from "../../src/bundle/thin_bundle.ts";
import { METADATA, run, testdata } from "./bundle_parts.ts";

/** A Python with Airflow 3.3 or 3.4; without it Airflow's readers cannot be asked. */
const PYTHON = Deno.env.get("AIRFLOW_PYTHON");

Deno.test({
  name: "pack(): makes bundles that Airflow's own readers accept, in every form",
  ignore: PYTHON === undefined,
  fn: async () => {
    await using folder = await TemporaryFolder.create();
    const thin = folder.join("thin/etl");
    const node = folder.join("node/etl.min.mjs");
    const self = folder.join("self/etl");
    for (const name of ["thin", "node", "self"]) await Deno.mkdir(folder.join(name));
    // More tasks than fit 80 columns, letters of other scripts, and a name YAML could take for null.
    const tasks = Array.from({ length: 300 }, (_, i) => `group.task-${i}`);
    const dags = { ...METADATA.dags, null: { tasks }, größe: { tasks: ["true", "1.0"] } };
    const metadata = { ...METADATA, dags };
    const text = "/* é */ const re = /a*/; // *\\/ **/\n";
    await Deno.writeFile(thin, assembleThinBundle({ code: "await 1;", metadata }), { mode: 0o755 });
    await Deno.writeFile(
      node,
      assembleNodeBundle({
        code: "await 1;",
        metadata: { ...metadata, entrypointPath: "größe/main.ts" },
        sources: [{ path: "größe/main.ts", text }, { path: "rows.ts", text: "export {};" }],
      }),
    );
    await Deno.writeFile(self, new Uint8Array(3_000_000), { mode: 0o755 });
    await appendTrailer(self, metadata);

    const { code, stdout, stderr } = await run(PYTHON ?? "", [
      testdata("read_bundle.py"),
      thin,
      self,
      node,
    ], { env: { AIRFLOW_HOME: folder.join("home") } });
    assertEquals(code, 0, stderr);
    const answers = stdout.trim().split("\n").filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    for (const [i, path] of [thin, self].entries()) {
      assertEquals(answers[i].metadata.dags, dags);
      assertEquals(answers[i].metadata.task_handlers, dags);
      assertEquals(answers[i].metadata.source, "main.ts");
      assertEquals(answers[i].found["größe"], [path, "2026-06-16"]);
    }
    if (answers[2].unsupported) return; // 3.3 has no NodeCoordinator.
    assertEquals(Object.keys(answers[2].found).sort(), Object.keys(dags).sort());
    assertEquals(answers[2].found.etl, [node, "2026-06-16"]);
    assertEquals(answers[2].source, text);
  },
});
