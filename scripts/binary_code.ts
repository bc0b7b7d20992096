/**
 * Bundles the binary: what each launch needs into one file, the rest into others that are loaded
 * when they are asked for.
 *
 * A bundler that splits code makes a file of each part that some entries share, and each file that
 * is loaded at the launch costs time. So all that the entry shares with others is joined here, and
 * every file takes it from there: an instance of the one is an instance of the other. It is run as a
 * script, for which V8 takes a code cache (src/cli/compiled_code.ts); with `--as-module`, for a
 * machine whose V8 cannot be asked for one, it stays a module, for which Deno keeps its own.
 *
 * Deno reads what it was given into memory at each start, so spaces and comments are taken out, by an
 * esbuild of our own: that of `deno bundle` loses `using` when it minifies (src/bundle/bundle_code.ts).
 * Names stay, for stack traces. Those of files are left out: a release is the same bytes wherever it
 * is made.
 *
 *   deno run -A scripts/binary_code.ts DENO FOLDER [--as-module] [--config FILE]
 *
 * It is run in the folder of the sources.
 *
 * @module
 */

import { stop, transform } from "npm:esbuild@0.28.2";
import { withoutFileNames } from "../src/bundle/file_names.ts";

const [deno = "", folder = "", ...options] = Deno.args;
const config = options.filter((option) => option !== "--as-module");
const PARTS = `${folder}/parts`;
const CORE = "./core.js";
const COMMAND = "./command.ts";
const DIAL = "./early_dial.ts";

/** An import of another part, as the bundler writes it: of names, or for its effects. */
const IMPORT = /import\s*(?:\{([^{}]*)\}\s*from\s*)?"(\.\/chunk-[^"]*)"/g;
const EXPORT = /export\s*\{([^{}]*)\};?\s*$/;

async function bundle(...args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(deno, {
    args: ["bundle", "--quiet", "--platform=deno", ...config, ...args],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("Cannot bundle the binary");
}

/** Takes out of a file what only its readers need. */
async function minify(path: string): Promise<void> {
  const { code } = await transform(
    withoutFileNames(await Deno.readTextFile(path), Deno.cwd(), false),
    {
      format: "esm",
      minifySyntax: true,
      minifyWhitespace: true,
      // As the bundler writes: nothing is made older.
      target: "esnext",
      charset: "utf8",
    },
  );
  await Deno.writeTextFile(path, code);
}

/** Pairs of the names on both sides of `as`. */
function pairsOf(list: string): [string, string][] {
  const entries = list.split(",").map((each) => each.trim()).filter((each) => each !== "");
  return entries.map((each) => {
    const [name = "", as = name] = each.split(" as ");
    return [name, as];
  });
}

await bundle(
  "--outdir",
  PARTS,
  "--code-splitting",
  "--external",
  COMMAND,
  "--external",
  DIAL,
  "src/cli/main.ts",
  // An entry as well, so that it is in a part of its own, and joined.
  "src/cli/bundle_launch.ts",
);
await Deno.remove(`${PARTS}/bundle_launch.js`);
const texts = new Map<string, string>();
for await (const { name } of Deno.readDir(PARTS)) {
  texts.set(`./${name}`, await Deno.readTextFile(`${PARTS}/${name}`));
}

/** The parts that each launch loads, and so are joined. */
const joined = new Set<string>();
function join(part: string): void {
  for (const [, , source = ""] of (texts.get(part) ?? "").matchAll(IMPORT)) {
    if (!joined.has(source)) join(source);
    joined.add(source);
  }
}
join("./main.js");

/** The name in the joined file, where each part had its own `a`, `b` and `c`. */
function nameIn(part: string, name: string): string {
  return `${name}_${[...joined].indexOf(part)}`;
}

/** What the module has beside the joined code, and does before it: it dials. */
const dial = `export { dialed } from "${Deno.cwd()}/src/cli/${DIAL.slice(2)}";\n`;

/** Makes a script of the joined file, and a module of its name that runs it. */
async function makeScript(): Promise<void> {
  const path = `${folder}/core.js`;
  if ((await Deno.readTextFile(path)).match(/^(import|export)\b/gm)?.length !== 1) {
    throw new Error("Cannot bundle the binary: what each launch loads is no module of one export");
  }
  await minify(path);
  const code = await Deno.readTextFile(path);
  const [statement = "", list = ""] = EXPORT.exec(code) ?? [];
  const body = code.slice(0, -statement.length).replaceAll("import.meta", "meta");
  const exports = pairsOf(list).map(([name, as]) => `${as}: ${name}`);
  const script = `(function(meta){"use strict";${body}return{${exports}}})`;
  await Deno.writeTextFile(`${folder}/core.txt`, script);
  await Deno.writeTextFile(
    `${PARTS}/script.js`,
    `${dial}import { compile, evaluate } from "${Deno.cwd()}/src/cli/compiled_code.ts";
    export const script = compile(import.meta);
    export const { ${pairsOf(list).map(([, as]) => as)} } = evaluate(script, import.meta);`,
  );
  await bundle("--output", path, `${PARTS}/script.js`);
}

const exports = [...joined].map((part) => {
  const [, list = ""] = EXPORT.exec(texts.get(part) ?? "") ?? [];
  const names = pairsOf(list).map(([, name]) => `${name} as ${nameIn(part, name)}`);
  return `export {${names}} from "${part}";\n`;
});
const asModule = options.includes("--as-module");
await Deno.writeTextFile(`${PARTS}/core.js`, (asModule ? dial : "") + exports.join(""));
const lazy = [...texts.keys()].filter((name) => !joined.has(name));
const external = lazy.flatMap((name) => ["--external", name]);
await bundle("--output", `${folder}/core.js`, ...external, `${PARTS}/core.js`);
if (!asModule) await makeScript();

for (const name of lazy) {
  const text = (texts.get(name) ?? "").replaceAll(
    IMPORT,
    (whole, list: string | undefined, part: string) => {
      if (!joined.has(part)) return whole;
      if (list === undefined) return `import"${CORE}"`;
      const names = pairsOf(list).map(([outer, inner]) => `${nameIn(part, outer)} as ${inner}`);
      return `import{${names}}from"${CORE}"`;
    },
  );
  const linked = text.replaceAll(`"${COMMAND}"`, `"${COMMAND.replace(/ts$/, "js")}"`)
    .replaceAll(`"${DIAL}"`, `"${CORE}"`);
  await Deno.writeTextFile(`${folder}/${name}`, linked);
}
await Deno.remove(PARTS, { recursive: true });

// The commands, which take what they share with the launch path from files of their own.
await bundle("--outdir", folder, "--code-splitting", `src/cli/${COMMAND.slice(2)}`);

for await (const { name } of Deno.readDir(folder)) {
  if (name.endsWith(".js")) await minify(`${folder}/${name}`);
}
await stop();
