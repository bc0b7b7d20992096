import { assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { pack } from "../../src/bundle/pack.ts";
import { configArgs } from "../author_command.ts";
import { run } from "./bundle_parts.ts";
import { isQuick } from "../thoroughness.ts";

const CONFIG = configArgs().map((arg) => arg.replace(/^--config=?/, "")).find((arg) => arg !== "");

/** Packs a module and runs it as the binary does, after the lines of `before`. */
async function packAndRun(
  folder: TemporaryFolder,
  source: string,
  before = "",
): Promise<{ stdout: string; stderr: string; text: string }> {
  return await runBundle(folder, await packSource(folder, source), before);
}

/** Packs a module; gives the bundle's path. */
async function packSource(folder: TemporaryFolder, source: string): Promise<string> {
  const entry = folder.join("main.ts");
  await Deno.writeTextFile(entry, source + SERVE);
  // Deno would compile a dynamic import of no known kind anew, and lose its source map.
  const out = folder.join("bundle.mjs");
  await pack({ entry, out, config: CONFIG });
  return out;
}

/** Runs a bundle as the binary does, after the lines of `before`. */
async function runBundle(
  folder: TemporaryFolder,
  out: string,
  before: string,
): Promise<{ stdout: string; stderr: string; text: string }> {
  const start = folder.join("start.mjs");
  await Deno.writeTextFile(start, `${before}\nawait import("file://${out}");\n`);
  const { stdout, stderr } = await run(Deno.execPath(), ["run", "--quiet", "-A", start], {
    env: { NO_COLOR: "1" },
  });
  return { stdout, stderr, text: await Deno.readTextFile(out) };
}

/** What the binary does in src/runtime/launch/launch.ts, with a module that shows itself. */
function lend(version: string): string {
  return `class Bundle {
  register() { return this; }
  serve() { console.log("lent"); }
}
const core = { Bundle, TaskHandler: class {} };
globalThis[Symbol.for("airflow-task-runtime.lent")] = {
  version: ${JSON.stringify(version)},
  core,
  whole() {
    console.log("the whole");
    return Promise.resolve({ ...core, Asset: class {} });
  },
};`;
}

/** The module's copy in a bundle. */
async function ownCopy(bundle: string): Promise<string> {
  const [, base64 = ""] = /=>\{\/\/(\S*)\n\}/.exec(bundle) ?? [];
  const bytes = new Blob([Uint8Array.fromBase64(base64)]).stream();
  return await new Response(bytes.pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

const IMPORT = 'import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";\n';
const SERVE = 'await new Bundle().register(new TaskHandler("etl", "extract", () => 1)).serve();\n';

Deno.test("a bundle takes the binary's copy of the module if it is of its own version", async () => {
  await using folder = await TemporaryFolder.create();
  const { VERSION } = await import("../../src/runtime/version.ts");
  assertEquals((await packAndRun(folder, IMPORT, lend(VERSION))).stdout, "lent\n");
});

Deno.test("a bundle takes its own copy of the module beside another version, or none", async () => {
  await using folder = await TemporaryFolder.create();
  const out = await packSource(folder, IMPORT);
  for (const before of [lend("0.0.1"), ""]) {
    const { stdout, stderr } = await runBundle(folder, out, before);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, "Cannot serve: no --comm=host:port");
  }
});

Deno.test({
  name: "a bundle has the whole module loaded only for what is not in its core",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const { VERSION } = await import("../../src/runtime/version.ts");
    const asset = 'import { Asset } from "@airflow-deno/task-runtime";\nnew Asset("orders");\n';
    const sources = [
      [IMPORT, "lent\n"],
      [IMPORT + asset, "the whole\nlent\n"],
      [
        'import * as sdk from "@airflow-deno/task-runtime";\nObject.keys(sdk);\n' +
        "const { Bundle, TaskHandler } = sdk;\n",
        "the whole\nlent\n",
      ],
    ];
    for (const [source = "", expected] of sources) {
      const { stdout, stderr } = await packAndRun(folder, source, lend(VERSION));
      assertEquals([stdout, stderr], [expected, ""]);
    }
  },
});

Deno.test({
  name: "a bundle's own copy holds what it imports, and Dags only when it defines some",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const { text: small } = await packAndRun(folder, IMPORT);
    const dag = 'import { Dag } from "@airflow-deno/task-runtime";\nnew Dag("other");\n';
    const { text: large, stderr } = await packAndRun(folder, IMPORT + dag);
    assertStringIncludes(stderr, "Cannot serve: no --comm=host:port");
    assertEquals((await ownCopy(small)).includes("shortCircuit"), false);
    assertStringIncludes(await ownCopy(large), "shortCircuit");
  },
});

Deno.test("a bundle links every form of import, and no text that looks like one", async () => {
  await using folder = await TemporaryFolder.create();
  const text = ';import{Bundle}from"@airflow-deno/task-runtime";';
  await Deno.writeTextFile(
    folder.join("other.ts"),
    'export * as sdk from "@airflow-deno/task-runtime";\n' +
      'import { Bundle as Other, type Handler } from "@airflow-deno/task-runtime";\n' +
      "export const other = (): string => typeof Other;\nexport type { Handler };\n",
  );
  const { VERSION } = await import("../../src/runtime/version.ts");
  const { stdout, stderr } = await packAndRun(
    folder,
    IMPORT + 'import { other, sdk } from "./other.ts";\n' +
      `if (!Deno.args.includes("--airflow-metadata")) {\n` +
      '  const again = await import("@airflow-deno/task-runtime");\n' +
      `  console.log(again.Bundle === Bundle, sdk.Bundle === Bundle, other(), ${
        JSON.stringify(text)
      });\n}\n`,
    lend(VERSION),
  );
  assertEquals([stdout, stderr], [`the whole\ntrue true function ${text}\nlent\n`, ""]);
});

Deno.test({
  name: "a bundle carries another door of ours, tied to the module that it takes",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const { VERSION } = await import("../../src/runtime/version.ts");
    const { stdout, stderr } = await packAndRun(
      folder,
      IMPORT + 'import { ObjectStoragePath } from "@airflow-deno/task-runtime/object-store";\n' +
        'if (!Deno.args.includes("--airflow-metadata")) {\n' +
        '  try { new ObjectStoragePath("none"); } catch (error) { console.log(error.lent); }\n}\n',
      lend(VERSION).replace(
        "TaskHandler:",
        "TaskRuntimeError: class { lent = true; }, getContext() {},$&",
      ),
    );
    assertEquals([stdout, stderr], ["true\nlent\n", ""]);
  },
});

Deno.test("a linked bundle leads stack traces to the author's lines", async () => {
  await using folder = await TemporaryFolder.create();
  const source = IMPORT + '\nif (!Deno.args.includes("--airflow-metadata")) {\n' +
    '  throw new RangeError("here");\n}\n';
  const { stderr, text } = await packAndRun(folder, source);
  assertStringIncludes(stderr, "main.ts:4:9");
  assertEquals(text.includes(folder.path), false);
});
