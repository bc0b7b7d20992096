/**
 * Bundles the test modules that the quick run starts most often. The binary starts a bundle faster
 * than `deno run` starts the sources, which the full run uses.
 *
 * One process bundles all of them, which takes less time than a check for changes.
 *
 *   deno run -A tests/author_bundles.ts FOLDER
 *
 * @module
 */
import { dirname } from "node:path";
import { findDeno, quietEnvironment, runCommand } from "../src/bundle/deno_command.ts";
import type { BundleMetadata } from "../src/bundle/metadata.ts";
import { assembleNodeBundle } from "../src/bundle/node_bundle.ts";
import { bundlePath, configArgs } from "./author_command.ts";

const LAUNCH = new URL("../src/runtime/launch/start.ts", import.meta.url);
const MODULES = [
  "faults/testdata/faults.ts",
  "runtime/testdata/arguments.ts",
  "runtime/testdata/assets.ts",
  "runtime/testdata/dag_files.ts",
  "runtime/testdata/dag_runs.ts",
  "runtime/testdata/terminal_states.ts",
  "runtime/testdata/native.ts",
  "runtime/testdata/native_operators.ts",
  "runtime/testdata/payload.ts",
  "runtime/testdata/payload_arktype.ts",
  "runtime/testdata/payload_valibot.ts",
  "runtime/testdata/recorded.ts",
  "runtime/testdata/state.ts",
  "runtime/testdata/tasks.ts",
  "runtime/testdata/xcoms.ts",
].map((path) => new URL(path, import.meta.url));

/** Metadata of a bundle for this runtime that declares no permissions. */
const METADATA: BundleMetadata = {
  sdk: { language: "typescript", version: "0.0.0", supervisorSchemaVersion: "2026-06-16" },
  dags: { runtime: { tasks: [] } },
};

/** Bundles all modules into the folder. */
async function bundleAll(folder: string): Promise<void> {
  const deno = await findDeno(undefined, undefined);
  const entries = await Promise.all(MODULES.map((module) => writeEntry(folder, module)));
  const { code, stderr } = await runCommand(deno.path, {
    args: [
      "bundle",
      "--quiet",
      "--platform=deno",
      "--sourcemap=inline",
      ...configArgs(),
      `--outdir=${folder}`,
      ...entries,
    ],
    cwd: new URL(".", import.meta.url).pathname,
    env: quietEnvironment(),
  });
  if (code !== 0) throw new Error(stderr);
  await Promise.all(MODULES.map(async (module) => {
    const path = bundlePath(folder, module);
    const bundle = assembleNodeBundle({ code: await Deno.readTextFile(path), metadata: METADATA });
    await Deno.writeFile(path, bundle);
  }));
}

/** Writes the entry module of a bundle, which starts the launch before the author's code runs. */
async function writeEntry(folder: string, module: URL): Promise<string> {
  const path = bundlePath(`${folder}/entries`, module).replace(/\.js$/, ".ts");
  await Deno.mkdir(dirname(path), { recursive: true });
  const imports = [LAUNCH.href, module.href].map((url) => `import ${JSON.stringify(url)};\n`);
  await Deno.writeTextFile(path, imports.join(""));
  return path;
}

const [folder] = Deno.args;
if (folder === undefined) throw new Error("Cannot bundle: the folder is missing");
await bundleAll(folder);
