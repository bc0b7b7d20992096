/**
 * Bundles an author's program into one module by esbuild.
 *
 * @module
 */
import * as esbuild from "npm:esbuild@0.28.2";
import { pathToFileURL } from "node:url";
import { DenoPlugin } from "./deno_plugin.ts";
import { EmbeddedFiles } from "./embedded_files.ts";
import { findLaunchModule } from "./launch_module.ts";
import { ModuleGraph } from "./module_graph.ts";
import { fileOf, packageName, withPortableNames } from "./module_names.ts";
import { NpmLinks } from "./npm_links.ts";
import { withRequire } from "./package_source.ts";

/** The options of {@linkcode bundle}. */
export interface BundlerOptions {
  /** The path of the Deno that resolves the modules, or its name on PATH. */
  readonly deno: string;
  /** The path of the author's entry module. */
  readonly entry: string;
  /** The path of the bundle to write. */
  readonly output: string;
  /** The folder of the author's module, an absolute path. */
  readonly folder: string;
  /** The path of a Deno configuration file; Deno finds it from `folder` upwards by default. */
  readonly configPath?: string | undefined;
  /** The text of the author's deno.json, for its `compilerOptions`. */
  readonly config?: string | undefined;
  /** Appends an inline source map. */
  readonly sourceMap: boolean;
  /** Makes the code small; functions and classes keep the names that they have at run time. */
  readonly minify: boolean;
  /** Specifiers that stay imports. */
  readonly external: readonly string[];
}

/** The result of a run of the bundler. */
export interface BundlerResult {
  /** Errors in the author's code; the bundle was written only without errors. */
  readonly errors: readonly string[];
  /** The bytes that each package and each module of the author adds to the bundle, largest first. */
  readonly sizes: readonly (readonly [name: string, bytes: number])[];
  /** The packages with native code, which no bundle can hold. */
  readonly nativePackages: readonly string[];
  /** Imports of packages that cannot be resolved, e.g. `"cpu-features"`; they throw when reached. */
  readonly missing: readonly string[];
  /** The number of files that the bundle embeds. */
  readonly embeddedFiles: number;
}

/**
 * Matches a class that esbuild renamed, since it refers to itself or shares its name with another
 * one. A class that an author named like this matches too, which costs only time.
 */
const RENAMED_CLASS = /\bclass _[A-Za-z]|^var [\w$]*\d = class\b/m;

/**
 * Bundles the program of an entry module. Errors in the author's code are in the result.
 *
 * @throws {Error} when esbuild cannot start
 */
export async function bundle(options: BundlerOptions): Promise<BundlerResult> {
  const graph = new ModuleGraph(options.deno, options.folder, options.configPath);
  const error = await graph.load(options.entry);
  if (error !== undefined) return { ...NOTHING, errors: [error] };
  // The launch starts before any code of the author.
  const launch = await findLaunchModule(graph.addresses);
  const launchError = launch === undefined ? undefined : await graph.load(launch);
  if (launchError !== undefined) return { ...NOTHING, errors: [launchError] };
  const imports = [...launch === undefined ? [] : [launch], pathToFileURL(options.entry).href];
  await using links = new NpmLinks(graph, await Deno.makeTempDir());
  const files = new EmbeddedFiles();
  const run = async (keepNames: boolean): Promise<Built> =>
    await build(new DenoPlugin({ ...options, graph, links, files }), imports, options, keepNames);
  let built = await run(options.minify);
  // keepNames adds a call for each function and class, which takes milliseconds at each launch.
  const keepNames = options.minify || RENAMED_CLASS.test(built.code);
  // The first run collects the files to embed, the second replaces node:fs so that they are read.
  if (keepNames !== options.minify || files.size > 0) built = await run(keepNames);
  if (built.result.errors.length === 0) await Deno.writeTextFile(options.output, built.code);
  const native = [...built.result.nativePackages, ...await graph.nativePackages()];
  return {
    ...built.result,
    nativePackages: [...new Set(native)].toSorted(),
    embeddedFiles: files.size,
  };
}

const NOTHING: BundlerResult = {
  errors: [],
  sizes: [],
  nativePackages: [],
  missing: [],
  embeddedFiles: 0,
};

interface Built {
  readonly code: string;
  readonly result: BundlerResult;
}

async function build(
  plugin: DenoPlugin,
  imports: readonly string[],
  options: BundlerOptions,
  keepNames: boolean,
): Promise<Built> {
  const { output, folder, minify, config, sourceMap } = options;
  const all = [...plugin.entryImports, ...imports];
  const found = (): Pick<BundlerResult, "missing" | "nativePackages"> => ({
    missing: [...plugin.missing].toSorted(),
    nativePackages: [...plugin.native].toSorted(),
  });
  try {
    const { outputFiles, metafile } = await esbuild.build({
      stdin: {
        contents: all.map((specifier) => `import ${JSON.stringify(specifier)};\n`).join(""),
        resolveDir: folder,
        sourcefile: "entry.js",
      },
      outfile: output,
      bundle: true,
      format: "esm",
      // Node's rules for packages; what the runtime provides stays an import.
      platform: "node",
      conditions: ["deno", "node"],
      mainFields: ["main", "module"],
      // As in Node, JavaScript before TypeScript: packages have both next to each other.
      resolveExtensions: [".js", ".json", ".node", ".mjs", ".cjs", ".ts", ".mts", ".cts"],
      target: "esnext",
      absWorkingDir: folder,
      minify,
      keepNames,
      legalComments: "none",
      logLevel: "silent",
      sourcemap: sourceMap ? "inline" : false,
      metafile: true,
      write: false,
      ...(config === undefined ? {} : { tsconfigRaw: config }),
      plugins: [plugin.plugin()],
    });
    const code = outputFiles.map(({ text }) => text).join("");
    const named = withPortableNames(code, metafile, (path) => plugin.addressOf(path));
    return {
      code: withRequire(named),
      result: {
        ...NOTHING,
        ...found(),
        sizes: sizesIn(metafile, (path) => plugin.addressOf(path)),
      },
    };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    const errors = error.errors.map(describeMessage);
    return { code: "", result: { ...NOTHING, ...found(), errors } };
  }
}

/** Adds up the bytes by package, or by module of the author. */
function sizesIn(
  { outputs }: esbuild.Metafile,
  addressOf: (path: string) => string | undefined,
): [string, number][] {
  const sizes = new Map<string, number>();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageName(path) ?? addressOf(path) ?? fileOf(path);
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...sizes].toSorted(([, a], [, b]) => b - a);
}

function isBuildFailure(error: unknown): error is esbuild.BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function describeMessage({ text, location }: esbuild.Message): string {
  if (location === null) return text;
  return `${text} (${fileOf(location.file)}:${location.line}:${location.column + 1})`;
}
