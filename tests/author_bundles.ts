/**
 * Bundles the modules whose tasks the quick run starts most, as `pack` does, into a folder: the
 * binary runs them at half the cost of the sources, which the full run starts.
 *
 * One process bundles all, which takes less time than to find out whether they have changed.
 *
 *   deno run -A tests/author_bundles.ts FOLDER
 *
 * @module
 */
import { findDeno, quietEnvironment, runCommand } from "../src/bundle/deno_command.ts";
import { linkModule } from "../src/bundle/module_link.ts";
import { VERSION } from "../src/runtime/version.ts";
import { bundlePath, configArgs } from "./author_command.ts";

const SPECIFIER = "@airflow-deno/task-runtime";
const OURS = new URL("../mod.ts", import.meta.url);
const MODULES = [
  "faults/testdata/faults.ts",
  "runtime/testdata/arguments.ts",
  "runtime/testdata/assets.ts",
  "runtime/testdata/dag_files.ts",
  "runtime/testdata/dag_runs.ts",
  "runtime/testdata/endings.ts",
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

/** Bundles all into the folder. */
async function bundleAll(folder: string): Promise<void> {
  const deno = await findDeno(undefined, undefined);
  const { code, stderr } = await runCommand(deno.path, {
    args: [
      "bundle",
      "--quiet",
      "--platform=deno",
      "--keep-names",
      "--sourcemap=inline",
      // A pattern that means the package's main door only.
      `--external=@*${SPECIFIER.slice(1)}`,
      ...configArgs(),
      `--outdir=${folder}`,
      ...MODULES.map(({ pathname }) => pathname),
    ],
    cwd: new URL(".", import.meta.url).pathname,
    env: quietEnvironment(),
  });
  if (code !== 0) throw new Error(stderr);
  const found = { url: OURS.href, version: VERSION, specifiers: [SPECIFIER] };
  // The binary is of these sources: no bundle is to need a copy of its own.
  const own = (): Promise<string> => Promise.resolve('throw new Error("the binary is another");');
  await Promise.all(MODULES.map(async (module) => {
    const path = bundlePath(folder, module);
    const linked = await linkModule(deno, path, found, own);
    if (linked === undefined) throw new Error(`Cannot link ${path}`);
    await Deno.writeTextFile(path, linked);
  }));
}

const [folder] = Deno.args;
if (folder === undefined) throw new Error("Cannot bundle: the folder is missing");
await bundleAll(folder);
