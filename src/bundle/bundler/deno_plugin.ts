/**
 * The plugin that shows esbuild an author's program: modules by Deno's rules, npm packages by
 * Node's, and what packages expect to find on disk or installed.
 *
 * @module
 */
import { builtinModules } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
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
import type { NpmLinks } from "./npm_links.ts";
import {
  TIMERS_MODULE,
  usesItsPlace,
  withBundlePlace,
  withNodeTimers,
  withRequire,
} from "./package_source.ts";
import { wasmModule } from "./wasm_module.ts";

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
/** Appended to the paths of ES modules named `.js`, so that esbuild treats their imports as Node. */
const ES_MODULE = ".mjs";
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
  /** The files that the bundle embeds: read if there are any, else collected. */
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

  /** Resolves by esbuild's own resolver; what is not there throws when it is reached. */
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
    const marked = path.endsWith(".js") && await this.#isEsModule(path) ? path + ES_MODULE : path;
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
    if (file.endsWith(".wasm")) return { contents: await wasmModule(file), resolveDir };
    const module = this.#graph.moduleAt(file);
    if (module !== undefined) {
      const loader = LOADERS[module.mediaType] ?? "js";
      const text = await this.#authorText(build, await Deno.readTextFile(file), module);
      return { contents: text, loader, resolveDir };
    }
    const extension = extname(file).slice(1);
    const loader = /^[cm]?ts$/.test(extension) ? "ts" : extension === "json" ? "json" : "js";
    if (/^(?:[cm]?[jt]s|json|)$/.test(extension) === false) {
      return { contents: await Deno.readFile(file), loader: "copy" };
    }
    const text = await Deno.readTextFile(file);
    if (loader === "json") return { contents: text, loader };
    return { contents: await this.#packageText(text, file), loader, resolveDir };
  }

  async #packageText(text: string, file: string): Promise<string> {
    const isEsModule = /\.m[jt]s$/.test(file) || await this.#isEsModule(file);
    const timed = withNodeTimers(text, isEsModule);
    const owner = this.#packageAt(file);
    if (owner === undefined || !usesItsPlace(text)) return timed;
    const root = `${EMBEDDED_ROOT}/npm/${owner.name}@${owner.version}`;
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
      return text.replaceAll(/\bimport\.meta\.url\b/g, JSON.stringify(specifier));
    }
    const { folder } = this.#options;
    let changed = text;
    for (const [found, worker = "", , name = ""] of text.matchAll(LOCAL_URL)) {
      const path = join(dirname(file), name);
      if (worker !== "") {
        const code = await this.#bundleWorker(build, path);
        changed = changed.replace(found, `${worker}"data:text/javascript;base64,${code}"`);
        continue;
      }
      const embedded = `${EMBEDDED_ROOT}/app/${embeddedPath(path, folder, "").slice(1)}`;
      if (await this.#files.add(path, embedded)) {
        changed = changed.replace(found, `new URL("file://${embedded}")`);
      }
    }
    return changed;
  }

  async #bundleWorker(build: esbuild.PluginBuild, path: string): Promise<string> {
    const error = await this.#graph.load(path);
    if (error !== undefined) throw new Error(error);
    const { absWorkingDir, minify, stdin: _stdin, ...options } = build.initialOptions;
    const { outputFiles } = await build.esbuild.build({
      ...options,
      absWorkingDir: absWorkingDir ?? dirname(path),
      minify: minify ?? false,
      entryPoints: [path],
      sourcemap: false,
      write: false,
    });
    const code = outputFiles.map(({ text }) => text).join("");
    return new TextEncoder().encode(withRequire(code)).toBase64();
  }

  #packageAt(file: string): NpmPackage | LocalPackage | undefined {
    const found = this.#graph.packageAt(file);
    if (found !== undefined) return found;
    const [folder, name] = LOCAL_PACKAGE.exec(file) ?? [];
    if (folder === undefined || name === undefined) return undefined;
    return { folder, name, version: "local" };
  }

  /** True for a file below a package.json with `"type": "module"`. */
  #isEsModule(file: string): Promise<boolean> {
    const folder = dirname(file);
    const known = this.#packageTypes.get(folder);
    if (known !== undefined) return known;
    const type = this.#readType(folder);
    this.#packageTypes.set(folder, type);
    return type;
  }

  async #readType(folder: string): Promise<boolean> {
    let text;
    try {
      text = await Deno.readTextFile(join(folder, "package.json"));
    } catch {
      const isTop = folder === dirname(folder) || folder.endsWith("/node_modules");
      return isTop ? false : await this.#isEsModule(folder);
    }
    return fieldsIn(JSON.parse(text))["type"] === "module";
  }
}

/** A package in a `node_modules` folder of the author's. */
interface LocalPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

const LOCAL_PACKAGE = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/@]+)(?=[\\/])/;
const LOCAL_URL =
  /(\bnew Worker\(\s*)?\bnew URL\(\s*(["'])(\.{1,2}\/[^"'\n]+)\2\s*,\s*import\.meta\.url\s*,?\s*\)/g;
const SELF = Symbol("resolved by esbuild");

function nativeRefusal(name: string): string {
  return `Cannot load the native code of npm:${name}: a bundle holds JavaScript and WebAssembly only. ` +
    "Pack it self-contained, or use a package without native code";
}

/** Returns the path of the file that a path of the plugin stands for. */
export function fileOf(path: string): string {
  return path.endsWith(`.js${ES_MODULE}`) ? path.slice(0, -ES_MODULE.length) : path;
}
