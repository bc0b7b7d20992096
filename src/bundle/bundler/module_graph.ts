/**
 * The module graph of an author's program, as Deno resolves it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fieldsIn } from "../../values.ts";

/** An npm package of the graph. */
export interface NpmPackage {
  /** Its id in the graph, e.g. `"pg@8.23.1"`. */
  readonly id: string;
  /** Its name, e.g. `"pg"`. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** The ids of its dependencies. */
  readonly dependencies: readonly string[];
  /** The folder of its files. */
  readonly folder: string;
}

/** The target of an import. */
export type ImportTarget =
  /** A module of the graph; `path` is the local file with its content. */
  | { readonly kind: "module"; readonly path: string }
  /** A module of an npm package: the package, and the specifier within it, e.g. `"pg/lib/x.js"`. */
  | { readonly kind: "npm"; readonly package: NpmPackage; readonly specifier: string }
  /** A module that the runtime provides, e.g. `"node:fs"`. */
  | { readonly kind: "builtin"; readonly specifier: string }
  /** A file of a package in a `node_modules` folder of the author's. */
  | { readonly kind: "file"; readonly path: string }
  /** No module; `message` says why in Deno's words. */
  | { readonly kind: "error"; readonly message: string };

/** A module of JavaScript, TypeScript, JSON or WebAssembly. */
export interface GraphModule {
  /** Its address: `file:`, `https:` … */
  readonly specifier: string;
  /** The local file with its content. */
  readonly path: string;
  /** Its media type in Deno's words, e.g. `"TypeScript"`. */
  readonly mediaType: string;
}

interface Dependencies {
  readonly module: GraphModule;
  /** The addresses of what it imports, by the specifier that it uses. */
  readonly targets: ReadonlyMap<string, string>;
}

const NPM_ADDRESS = /^npm:\/?((?:@[^/@]+\/)?[^/@]+)(?:@[^/]*)?(\/.*)?$/;

/** The modules and packages of a program, from the output of `deno info --json`. */
export class ModuleGraph {
  readonly #program: string;
  readonly #folder: string;
  readonly #config: string | undefined;
  readonly #modules = new Map<string, Dependencies>();
  readonly #paths = new Map<string, string>();
  readonly #redirects = new Map<string, string>();
  readonly #errors = new Map<string, string>();
  readonly #packageOfAddress = new Map<string, string>();
  readonly #packages = new Map<string, NpmPackage>();
  readonly #packagesByFolder = new Map<string, NpmPackage>();

  /** Creates an empty graph; `program` is Deno, run in `folder` with the configuration `config`. */
  constructor(program: string, folder: string, config: string | undefined) {
    this.#program = program;
    this.#folder = folder;
    this.#config = config;
  }

  /** Fetches and adds an entry module with all that it imports; returns Deno's error if it fails. */
  async load(entry: string): Promise<string | undefined> {
    const args = [...this.#config === undefined ? [] : [`--config=${this.#config}`], entry];
    const cached = await this.#deno("cache", "--quiet", ...args);
    if (!cached.success) return cached.error;
    const info = await this.#deno("info", "--json", ...args);
    if (!info.success) return info.error;
    const { modules, npmPackages, redirects } = fieldsIn(JSON.parse(info.output));
    for (const fields of (Array.isArray(modules) ? modules : []).map(fieldsIn)) this.#add(fields);
    for (const [from, to] of Object.entries(fieldsIn(redirects))) {
      this.#redirects.set(from, String(to));
    }
    const packages = Object.entries(fieldsIn(npmPackages)).map(([id, fields]) =>
      [id, fieldsIn(fields)] as const
    );
    // Deno before 2.8 does not name the folders of npm packages.
    const cache = packages.every(([, { localPath }]) => typeof localPath === "string")
      ? undefined
      : JSON.parse((await this.#deno("info", "--json")).output);
    for (const [id, fields] of packages) {
      const found = readPackage(id, fields, String(fieldsIn(cache)["npmCache"]));
      this.#packages.set(id, found);
      // Ids of one version that differ by their peers share a folder, so one copy in the bundle.
      if (!this.#packagesByFolder.has(found.folder)) {
        this.#packagesByFolder.set(found.folder, found);
      }
    }
    return undefined;
  }

  /** Returns the names of the npm packages that have native code, or the sources of it. */
  async nativePackages(): Promise<string[]> {
    const names: string[] = [];
    for (const { name, folder } of this.#packages.values()) {
      if (await hasNativeCode(folder)) names.push(name);
    }
    return names;
  }

  #add(fields: Fields): void {
    const specifier = String(fields["specifier"]);
    const module = readModule(fields);
    if (module !== undefined) {
      this.#modules.set(module.module.path, module);
      this.#paths.set(specifier, module.module.path);
    }
    if (typeof fields["error"] === "string") this.#errors.set(specifier, fields["error"]);
    for (const { specifier: imported, code } of dependenciesIn(fields)) {
      const { error } = fieldsIn(code);
      if (typeof error === "string") this.#errors.set(String(imported), error);
    }
    if (fields["npmPackage"] !== undefined) {
      this.#packageOfAddress.set(specifier, String(fields["npmPackage"]));
    }
  }

  async #deno(...args: string[]): Promise<{ success: boolean; output: string; error: string }> {
    const { success, stdout, stderr } = await new Deno.Command(this.#program, {
      args,
      cwd: this.#folder,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    const error = decoder.decode(stderr).trim().replace(/^error: /, "");
    return { success, output: decoder.decode(stdout), error };
  }

  /** The addresses of all modules. */
  get addresses(): Iterable<string> {
    return this.#paths.keys();
  }

  /** Returns the module whose content is in a local file; undefined for files of npm packages. */
  moduleAt(path: string): GraphModule | undefined {
    return this.#modules.get(path)?.module;
  }

  /** Returns the package with an id. */
  packageById(id: string): NpmPackage | undefined {
    return this.#packages.get(id);
  }

  /** Returns the npm package that a file belongs to; undefined for an author's file. */
  packageAt(path: string): NpmPackage | undefined {
    if (this.#packagesByFolder.size === 0) return undefined;
    for (let folder = dirname(path);; folder = dirname(folder)) {
      const found = this.#packagesByFolder.get(folder);
      if (found !== undefined || folder === dirname(folder)) return found;
    }
  }

  /** Resolves an import of the module at the path `importer`. */
  resolve(importer: string, specifier: string): ImportTarget {
    // The entry module imports by address.
    let address = this.#modules.get(importer)?.targets.get(specifier) ?? specifier;
    for (let next; (next = this.#redirects.get(address)) !== undefined;) address = next;
    if (address.startsWith("node:")) return { kind: "builtin", specifier: address };
    const [, name, subpath = ""] = NPM_ADDRESS.exec(address) ?? [];
    if (name !== undefined) {
      const found = this.#packages.get(this.#packageOfAddress.get(address) ?? "") ??
        this.#packages.values().find((each) => each.name === name);
      if (found !== undefined) {
        return { kind: "npm", package: found, specifier: `${name}${subpath}` };
      }
    }
    const path = this.#paths.get(address);
    if (path !== undefined) return { kind: "module", path };
    const message = this.#errors.get(address);
    if (message === undefined && address.startsWith("file:")) {
      return { kind: "file", path: fileURLToPath(address) };
    }
    return { kind: "error", message: message ?? "it is not in the module graph of Deno" };
  }
}

/** The folders of a package in which addons lie. */
const ADDON_FOLDERS = ["", "lib", "build/Release", "prebuilds"];

async function hasNativeCode(folder: string): Promise<boolean> {
  for (const each of ADDON_FOLDERS) {
    try {
      for await (const { name } of Deno.readDir(join(folder, each))) {
        if (each === "prebuilds" || name === "binding.gyp" || name.endsWith(".node")) return true;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return false;
}

type Fields = Readonly<Record<string, unknown>>;

function dependenciesIn({ dependencies }: Fields): Fields[] {
  return (Array.isArray(dependencies) ? dependencies : []).map(fieldsIn);
}

function readModule(fields: Fields): Dependencies | undefined {
  const { kind, specifier, local, mediaType } = fields;
  if (typeof specifier !== "string" || typeof local !== "string") return undefined;
  if (kind !== "esm" && kind !== "asserted" && kind !== "wasm") return undefined;
  const targets = dependenciesIn(fields).map((each) =>
    [String(each["specifier"]), fieldsIn(each["code"])["specifier"]] as const
  );
  return {
    module: { specifier, path: local, mediaType: String(mediaType ?? "Wasm") },
    targets: new Map(
      targets.filter((each): each is readonly [string, string] => typeof each[1] === "string"),
    ),
  };
}

function readPackage(
  id: string,
  fields: Fields,
  cache: string,
): NpmPackage {
  const { name, version, dependencies, localPath, registryUrl } = fields;
  return {
    id,
    name: String(name),
    version: String(version),
    dependencies: Array.isArray(dependencies) ? dependencies.map(String) : [],
    folder: typeof localPath === "string"
      ? localPath
      : join(registryFolder(cache, String(registryUrl)), String(name), String(version)),
  };
}

/** Returns the folder of a registry in the cache of a Deno that does not name those of packages. */
function registryFolder(cache: string, registry: string): string {
  const { host, pathname } = new URL(registry);
  return join(cache, host.replace(":", "_"), pathname);
}
