/**
 * Reads `deno doc` of the public entry points, for the tests of the public API.
 *
 * Run, it writes the signatures that are to be kept: `.tools/bin/deno run -A tests/public_api.ts`.
 *
 * @module
 */
import { dirname } from "node:path";
import { ROOT } from "./cli/packed.ts";

/** The file of the signatures. */
export const SIGNATURES = `${ROOT}/tests/testdata/public_api.txt`;

/** Lists the entry points of deno.json: their names and their modules' paths. */
export async function entryPoints(): Promise<[name: string, path: string][]> {
  const { exports } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  return Object.entries(exports).map(([name, path]) => [name, String(path)]);
}

/** Returns the signatures of all exports, without documentation: Deno's version, then text. */
export async function signatures(): Promise<string> {
  const sections = [`# By deno doc ${Deno.version.deno}; see tests/public_api.ts.\n`];
  for (const [name, path] of await entryPoints()) {
    const text = await documentation([path], withoutComments);
    const lines = text.split("\n").filter((line) => line !== "" && !/^Defined in /.test(line));
    sections.push(`## ${name}\n`, ...lines.map((line) => `${line.trimEnd()}\n`));
  }
  return sections.join("");
}

/** Returns the output of `deno doc` for the sources, each changed by `edit`. */
export async function documentation(
  args: readonly string[],
  edit: (source: string) => string = (source) => source,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const offline = `${ROOT}/.deno.offline.json`;
    const config = await Deno.stat(offline).then(() => offline, () => `${ROOT}/deno.json`);
    await Deno.copyFile(config, `${folder}/deno.json`);
    for (const name of ["mod.ts", "src"]) {
      await copySources(`${ROOT}/${name}`, `${folder}/${name}`, edit);
    }
    const { links = [] } = JSON.parse(await Deno.readTextFile(config));
    for (const link of links) {
      await Deno.mkdir(dirname(`${folder}/${link}`), { recursive: true });
      await Deno.symlink(`${ROOT}/${link}`, `${folder}/${link}`);
    }
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", ...args],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copySources(
  source: string,
  target: string,
  edit: (source: string) => string,
): Promise<void> {
  if ((await Deno.stat(source)).isFile) {
    await Deno.writeTextFile(target, edit(await Deno.readTextFile(source)));
    return;
  }
  await Deno.mkdir(target);
  for await (const { name } of Deno.readDir(source)) {
    await copySources(`${source}/${name}`, `${target}/${name}`, edit);
  }
}

function withoutComments(source: string): string {
  return source.replaceAll(/^[ \t]*\/\*\*[^]*?\*\/[ \t]*$/gm, "");
}

if (import.meta.main) await Deno.writeTextFile(SIGNATURES, await signatures());
