/**
 * The plugin that shows esbuild an author's program: modules by Deno's rules, npm packages by
 * Node's, and what packages expect to find on disk or installed.
 *
 * @module
 */
import { builtinModules } from "node:module";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as esbuild from "npm:esbuild@0.28.2";
import { fieldsIn } from "../../values.ts";
import {
  DENO_FILES_MODULE,
  EMBEDDED_ROOT,
  type EmbeddedFiles,
  embeddedPath,
  FILE_SYSTEM_MODULE,
} from "./embedded_files.ts";
import type { GraphModule, ModuleGraph, NpmPackage } from "./module_graph.ts";
import { fileOf, markedAsEsModule, withPortableNames } from "./module_names.ts";
import type { NpmLinks } from "./npm_links.ts";
import {
  isEsModuleText,
  TIMERS_MODULE,
  usesItsPlace,
  withBundlePlace,
  withImportMeta,
  withNodeTimers,
  withRequire,
} from "./package_source.ts";
import { wasmModule } from "./wasm_module.ts";

/** esbuild's loaders by Deno's media types. */
const LOADERS: Readonly<Record<string, esbuild.Loader>> = {
  JavaScript: "js",
  Mjs: "js",
  Cjs: "js",
  Jsx: "jsx",
  TypeScript: "ts",
  Mts: "ts",
  Cts: "ts",
  Tsx: "tsx",
  Json: "json",
};
/** The modules that the runtime provides without the prefix `node:`. */
const BUILTINS: ReadonlySet<string> = new Set(
  builtinModules.filter((name) => !["sea", "sqlite", "test", "test/reporters"].includes(name)),
);
const EMBEDDED_MODULES: Readonly<Record<string, string>> = {
  fs: FILE_SYSTEM_MODULE,
  "fs/promises": 'module.exports = require("embedded:fs").promises;',
  deno: DENO_FILES_MODULE,
  timers: TIMERS_MODULE,
};

/** The options of {@linkcode DenoPlugin}. */
export interface DenoPluginOptions {
  /** The modules of the program and its packages. */
  readonly graph: ModuleGraph;
  /** The folders in which packages find each other. */
  readonly links: NpmLinks;
  /** The folder of the author's module. */
  readonly folder: string;
  /** Specifiers that stay imports. */
  readonly external: readonly string[];
  /** The files that the bundle embeds. If it is empty, this run collects them for the next one. */
  readonly files: EmbeddedFiles;
}

/** The plugin, and what it found while esbuild ran. */
export class DenoPlugin {
  /** Imports that no installed package has; they throw when they are reached. */
  readonly missing: Set<string> = new Set();
  /** The names of packages that import native code. */
  readonly native: Set<string> = new Set();
  readonly #graph: ModuleGraph;
  readonly #npm: NpmLinks;
  readonly #options: DenoPluginOptions;
  readonly #files: EmbeddedFiles;
  /** True if `node:fs` is replaced, since the bundle embeds files. */
  readonly #readsEmbedded: boolean;
  readonly #packageTypes = new Map<string, Promise<boolean>>();
  readonly #localVersions = new Map<string, Promise<string>>();

  constructor(options: DenoPluginOptions) {
    this.#graph = options.graph;
    this.#npm = options.links;
    this.#options = options;
    this.#files = options.files;
    this.#readsEmbedded = options.files.size > 0;
  }

  /** The specifiers that the entry module imports before everything else. */
  get entryImports(): readonly string[] {
    return this.#readsEmbedded ? ["embedded:deno"] : [];
  }

  /** Returns the plugin in esbuild's form. */
  plugin(): esbuild.Plugin {
    return { name: "deno", setup: (build) => this.#setUp(build) };
  }

  /** Returns the address of a remote module; undefined for a local file. */
  addressOf(path: string): string | undefined {
    const address = this.#graph.moduleAt(resolve(this.#options.folder, path))?.specifier;
    return address?.startsWith("file:") === true ? undefined : address;
  }

  #setUp(build: esbuild.PluginBuild): void {
    build.onResolve({ filter: /.*/ }, async (args) => {
      // Calls of build.resolve() below come back here, which leaves them to esbuild's own resolver.
      return args.pluginData === SELF ? undefined : await this.#resolve(build, args);
    });
    build.onLoad({ filter: /.*/, namespace: "missing" }, ({ path }) => ({
      contents: `throw Object.assign(new Error(${
        JSON.stringify(
          `Cannot find module "${path}": it was not installed when the bundle was packed`,
        )
      }), { code: "MODULE_NOT_FOUND" });`,
    }));
    build.onLoad({ filter: /.*/, namespace: "native" }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(nativeRefusal(path))});`,
    }));
    build.onLoad({ filter: /.*/, namespace: "embedded" }, async ({ path }) => ({
      contents: path === "files" ? await this.#files.moduleText() : EMBEDDED_MODULES[path] ?? "",
      resolveDir: this.#options.folder,
    }));
    build.onLoad(
      { filter: /.*/, namespace: "file" },
      async (args) => await this.#load(build, args),
    );
  }

  async #resolve(
    build: esbuild.PluginBuild,
    args: esbuild.OnResolveArgs,
  ): Promise<esbuild.OnResolveResult | undefined> {
    const { path, kind } = args;
    if (kind === "entry-point") return { path };
    if (path.startsWith("embedded:")) return { path: path.slice(9), namespace: "embedded" };
    if (this.#options.external.includes(path)) return { path, external: true };
    if (path.startsWith("node:") || args.namespace === "embedded") return this.#builtin(path, args);
    const importer = fileOf(args.importer);
    const owner = this.#packageAt(importer);
    if (owner === undefined) return await this.#resolveForAuthor(build, args, importer);
    // As in Node, a name of the runtime's wins over an installed package of that name.
    if (BUILTINS.has(path)) return this.#builtin(path, args);
    const isBare = !/^(?:[./#]|file:)/.test(path);
    const resolveDir = isBare && "id" in owner ? await this.#npm.folderFor(owner) : args.resolveDir;
    const target = path.startsWith("file://") ? fileURLToPath(path) : path;
    return await this.#resolveByNode(build, { path: target, kind, resolveDir });
  }

  /** Resolves an import of a module that is not in an npm package, as Deno did. */
  async #resolveForAuthor(
    build: esbuild.PluginBuild,
    { path, kind }: esbuild.OnResolveArgs,
    importer: string,
  ): Promise<esbuild.OnResolveResult | undefined> {
    if (path.startsWith("data:")) return undefined;
    const target = this.#graph.resolve(importer, path);
    if (target?.kind === "builtin") return { path: target.specifier, external: true };
    if (target?.kind === "module") return { path: target.path, namespace: "file" };
    if (target?.kind === "npm") {
      const resolved = await this.#resolveByNode(build, {
        path: target.specifier,
        kind,
        resolveDir: await this.#npm.folderFor(target.package),
      });
      if (resolved?.namespace !== "missing") return resolved;
    }
    if (target?.kind === "file") return await this.#asEsModule({ path: target.path });
    const cause = target?.kind === "error" ? `: ${target.message}` : "";
    return { errors: [{ text: `Cannot resolve "${path}"${cause}` }] };
  }

  /** Resolves by esbuild's own resolver; an import that it cannot resolve throws when reached. */
  async #resolveByNode(
    build: esbuild.PluginBuild,
    { path, kind, resolveDir }: Pick<esbuild.OnResolveArgs, "path" | "kind" | "resolveDir">,
  ): Promise<esbuild.OnResolveResult | undefined> {
    const found = await build.resolve(path, { kind, resolveDir, pluginData: SELF });
    if (found.errors.length > 0 || found.path === "") {
      this.missing.add(path);
      return { path, namespace: "missing" };
    }
    if (found.external || found.namespace !== "file") return found;
    if (found.path.endsWith(".node")) {
      const name = this.#packageAt(found.path)?.name ?? found.path;
      this.native.add(name);
      return { path: name, namespace: "native" };
    }
    return await this.#asEsModule(found);
  }

  /** Marks an ES module that its name does not show: a `.js` file of a package of type module. */
  async #asEsModule(
    { path, sideEffects = true }: { path: string; sideEffects?: boolean },
  ): Promise<esbuild.OnResolveResult> {
    const marked = path.endsWith(".js") && await this.#isEsModule(path)
      ? markedAsEsModule(path)
      : path;
    return { path: marked, namespace: "file", sideEffects };
  }

  /** Returns an import that the runtime answers; with embedded files, `node:fs` is ours. */
  #builtin(path: string, { namespace }: esbuild.OnResolveArgs): esbuild.OnResolveResult {
    const name = path.startsWith("node:") ? path.slice(5) : path;
    if (this.#readsEmbedded && namespace !== "embedded") {
      if (name === "fs") return { path: "fs", namespace: "embedded" };
      if (name === "fs/promises") return { path: "fs/promises", namespace: "embedded" };
    }
    return { path: `node:${name}`, external: true };
  }

  async #load(
    build: esbuild.PluginBuild,
    { path, with: attributes }: esbuild.OnLoadArgs,
  ): Promise<esbuild.OnLoadResult> {
    const file = fileOf(path);
    const resolveDir = dirname(file);
    if (attributes["type"] === "text") {
      return { contents: await Deno.readFile(file), loader: "text" };
    }
    if (attributes["type"] === "bytes") {
      return { contents: await Deno.readFile(file), loader: "binary" };
    }
    const module = this.#graph.moduleAt(file);
    if (file.endsWith(".wasm") || module?.mediaType === "Wasm") {
      return { contents: await wasmModule(file), resolveDir };
    }
    if (module !== undefined) {
      const loader = LOADERS[module.mediaType] ?? "js";
      const text = await this.#authorText(build, await Deno.readTextFile(file), module);
      return { contents: text, loader, resolveDir };
    }
    const loader = LOADERS_BY_EXTENSION[extname(file)] ?? "js";
    const text = await Deno.readTextFile(file);
    if (loader === "json") return { contents: text, loader };
    if (!Object.hasOwn(LOADERS_BY_EXTENSION, extname(file)) && !await isJavaScript(build, text)) {
      const message = `Cannot load "${basename(file)}": it is not JavaScript`;
      return { contents: `throw new SyntaxError(${JSON.stringify(message)});` };
    }
    return { contents: await this.#packageText(text, file), loader, resolveDir };
  }

  async #packageText(text: string, file: string): Promise<string> {
    const isEsModule = /\.m[jt]s$/.test(file) ||
      !/\.c[jt]s$/.test(file) && (await this.#isEsModule(file) || isEsModuleText(text));
    const timed = withNodeTimers(text, isEsModule);
    const owner = this.#packageAt(file);
    if (owner === undefined || !usesItsPlace(text)) return timed;
    const version = "version" in owner ? owner.version : await this.#localVersion(owner.folder);
    const root = `${EMBEDDED_ROOT}/npm/${owner.name.replaceAll("\\", "/")}@${version}`;
    if (!this.#readsEmbedded) await this.#files.collect(text, file, owner.folder, root);
    return withBundlePlace(timed, { path: embeddedPath(file, owner.folder, root), isEsModule });
  }

  /** Embeds the files that an author's module names relative to itself, and bundles its workers. */
  async #authorText(
    build: esbuild.PluginBuild,
    text: string,
    { path: file, specifier }: GraphModule,
  ): Promise<string> {
    if (!text.includes("import.meta")) return text;
    if (!specifier.startsWith("file:")) {
      return withImportMeta(text, { url: JSON.stringify(specifier) });
    }
    const started = await replaceEach(text, WORKER_URL, async ([, start, , name = ""]) => {
      const code = await this.#bundleWorker(build, pathBeside(file, name));
      return `${start}"data:text/javascript;base64,${code}"`;
    });
    return await replaceEach(started, FILE_URL, async ([found, , name = ""]) => {
      const path = pathBeside(file, name);
      const embedded = embeddedPath(path, this.#options.folder, `${EMBEDDED_ROOT}/app`);
      if (!await this.#files.add(path, embedded)) return found;
      const url = encodeURI(embedded).replaceAll(/[#?]/g, encodeURIComponent);
      return `new URL(${JSON.stringify(`file://${url}`)})`;
    });
  }

  async #bundleWorker(build: esbuild.PluginBuild, path: string): Promise<string> {
    const error = await this.#graph.load(path);
    if (error !== undefined) throw new Error(error);
    const { absWorkingDir, minify, stdin: _stdin, ...options } = build.initialOptions;
    const { outputFiles, metafile } = await build.esbuild.build({
      ...options,
      absWorkingDir: absWorkingDir ?? dirname(path),
      minify: minify ?? false,
      stdin: {
        contents: [...this.entryImports, pathToFileURL(path).href]
          .map((specifier) => `import ${JSON.stringify(specifier)};\n`).join(""),
        resolveDir: this.#options.folder,
        sourcefile: "entry.js",
      },
      sourcemap: false,
      metafile: true,
      write: false,
    });
    const code = outputFiles.map(({ text }) => text).join("");
    const named = withPortableNames(code, metafile, (each) => this.addressOf(each));
    return new TextEncoder().encode(withRequire(named)).toBase64();
  }

  #packageAt(file: string): NpmPackage | LocalPackage | undefined {
    const found = this.#graph.packageAt(file);
    if (found !== undefined) return found;
    const [folder, name] = LOCAL_PACKAGE.exec(file) ?? [];
    if (folder === undefined || name === undefined) return undefined;
    return { folder, name };
  }

  /** Returns the version of a local package, which distinguishes the copies of a package. */
  #localVersion(folder: string): Promise<string> {
    const known = this.#localVersions.get(folder);
    if (known !== undefined) return known;
    const version = readManifest(folder).then((manifest) => String(manifest?.["version"] ?? "0"));
    this.#localVersions.set(folder, version);
    return version;
  }

  /** True if the nearest package.json of a file has `"type": "module"`. */
  #isEsModule(file: string): Promise<boolean> {
    const folder = dirname(file);
    const known = this.#packageTypes.get(folder);
    if (known !== undefined) return known;
    const type = this.#readType(folder);
    this.#packageTypes.set(folder, type);
    return type;
  }

  async #readType(folder: string): Promise<boolean> {
    const manifest = await readManifest(folder);
    if (manifest !== undefined) return manifest["type"] === "module";
    const isTop = folder === dirname(folder) || basename(folder) === "node_modules";
    return isTop ? false : await this.#isEsModule(folder);
  }
}

/** Returns the fields of the package.json in a folder; undefined without one. */
async function readManifest(
  folder: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let text;
  try {
    text = await Deno.readTextFile(join(folder, "package.json"));
  } catch {
    return undefined;
  }
  return fieldsIn(JSON.parse(text));
}

/** True if esbuild can parse the text: Node runs a required file of any extension as JavaScript. */
async function isJavaScript({ esbuild }: esbuild.PluginBuild, text: string): Promise<boolean> {
  return await esbuild.transform(text, { loader: "js", logLevel: "silent" })
    .then(() => true, () => false);
}

/** esbuild's loaders by the extensions of files in packages. */
const LOADERS_BY_EXTENSION: Readonly<Record<string, esbuild.Loader>> = {
  "": "js",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "jsx",
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".json": "json",
};

/** A package in a `node_modules` folder of the author's. */
interface LocalPackage {
  readonly folder: string;
  readonly name: string;
}

const LOCAL_PACKAGE = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/@]+)(?=[\\/])/;
const FILE_URL = /\bnew URL\(\s*(["'])(\.{1,2}\/[^"'\n]+)\1\s*,\s*import\.meta\.url\s*,?\s*\)/g;
/** Matches the URL of a worker: like {@linkcode FILE_URL}, its `href`, or `import.meta.resolve()`. */
const WORKER_URL =
  /(\bnew Worker\(\s*)(?:new URL|import\.meta\.resolve)\(\s*(["'])(\.{1,2}\/[^"'\n]+)\2\s*(?:,\s*import\.meta\.url\s*)?,?\s*\)(?:\.href\b)?/g;

/** Replaces all matches of a pattern, one after the other. */
async function replaceEach(
  text: string,
  pattern: RegExp,
  replace: (match: RegExpExecArray) => Promise<string>,
): Promise<string> {
  let replaced = "";
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    replaced += text.slice(end, match.index) + await replace(match);
    end = match.index + match[0].length;
  }
  return replaced + text.slice(end);
}

/** Returns the path of the file that a module names by a relative URL. */
function pathBeside(file: string, url: string): string {
  return fileURLToPath(new URL(url, pathToFileURL(file)));
}

const SELF = Symbol("resolved by esbuild");

function nativeRefusal(name: string): string {
  return `Cannot load the native code of npm:${name}: a bundle holds JavaScript and WebAssembly only. ` +
    "Pack it self-contained, or use a package without native code";
}
