import { assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { pack } from "../../src/bundle/pack.ts";
import { configArgs } from "../author_command.ts";
import { run } from "./bundle_parts.ts";

const CONFIG = configArgs().map((arg) => arg.replace(/^--config=?/, "")).find((arg) => arg !== "");

/** Packs a module and runs it as the binary does, after the lines of `before`. */
async function packAndRun(
  folder: TemporaryFolder,
  source: string,
  before = "",
): Promise<{ stdout: string; stderr: string; text: string }> {
  const entry = folder.join("main.ts");
  await Deno.writeTextFile(entry, source + SERVE);
  // Deno would compile a dynamic import of no known kind anew, and lose its source map.
  const out = folder.join("bundle.mjs");
  await pack({ entry, out, config: CONFIG });
  const start = folder.join("start.mjs");
  await Deno.writeTextFile(start, `${before}\nawait import("file://${out}");\n`);
  const { stdout, stderr } = await run(Deno.execPath(), ["run", "--quiet", "-A", start], {
    env: { NO_COLOR: "1" },
  });
  return { stdout, stderr, text: await Deno.readTextFile(out) };
}

/** What the binary does in src/runtime/launch.ts, with a module that shows itself. */
function lend(version: string): string {
  return `globalThis[Symbol.for("airflow-task-runtime.module")] = {
  VERSION: ${JSON.stringify(version)},
  Bundle: class {
    register() { return this; }
    serve() { console.log("lent"); }
  },
  TaskHandler: class {},
};`;
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
  for (const before of [lend("0.0.1"), ""]) {
    const { stdout, stderr } = await packAndRun(folder, IMPORT, before);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, "Cannot serve: no --comm=host:port");
  }
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
  assertEquals([stdout, stderr], [`true true function ${text}\nlent\n`, ""]);
});

Deno.test("a linked bundle leads stack traces to the author's lines", async () => {
  await using folder = await TemporaryFolder.create();
  const source = IMPORT + '\nif (!Deno.args.includes("--airflow-metadata")) {\n' +
    '  throw new RangeError("here");\n}\n';
  const { stderr, text } = await packAndRun(folder, source);
  assertStringIncludes(stderr, "main.ts:4:9");
  assertEquals(text.includes(folder.path), false);
});
