/**
 * The settings for the module of a project: from JSR, a URL, or a local copy.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TaskRuntimeError } from "../error.ts";
import { isPlainObject } from "../values.ts";

const NAME = "@airflow-deno/task-runtime";
/** The other entry points of the package, and their files. */
const ENTRY_POINTS = {
  cli: "./src/cli/mod.ts",
  "object-store": "./src/object_store/mod.ts",
  testing: "./src/testing/mod.ts",
};

/** The settings in a project's deno.json that the module needs. */
export interface ModuleSettings {
  /** The imports, by specifier. */
  readonly imports: Readonly<Record<string, string>>;
  /** The compiler's options for a copy, whose code is checked together with the project's. */
  readonly compilerOptions?: Readonly<Record<string, unknown>>;
}

/**
 * Makes the settings for a project's deno.json.
 *
 * `source` is a specifier (`jsr:…`, `https://…/mod.ts`) or the path of a copy of the module: its
 * mod.ts, or the folder with it. The settings include a copy's own imports, because Deno resolves
 * all imports of a project by one list.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` if the path has no module
 */
export async function moduleSettings(source: string): Promise<ModuleSettings> {
  if (/^(?:jsr|npm):/.test(source)) return { imports: { [NAME]: source } };
  if (/^[a-z]+:\/\//.test(source)) {
    return { imports: { [NAME]: source, ...entryPoints((path) => new URL(path, source).href) } };
  }
  const module = await findModule(source);
  const folder = dirname(module);
  const config = await readConfig(`${folder}/deno.json`);
  const { compilerOptions } = config;
  return {
    imports: {
      [NAME]: addressOf(module),
      ...entryPoints((path, name) => {
        const exported = fieldOf(config["exports"], `./${name}`);
        return addressOf(folder, typeof exported === "string" ? exported : path);
      }),
      ...await linkedPackages(folder, packages(config)),
    },
    ...(isPlainObject(compilerOptions) ? { compilerOptions } : {}),
  };
}

/** Returns the imports of the entry points with the addresses that `place` returns. */
function entryPoints(place: (path: string, name: string) => string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(ENTRY_POINTS).map(([name, path]) => [`${NAME}/${name}`, place(path, name)]),
  );
}

/** Returns the URL of a file, because an import cannot contain a Windows path. */
function addressOf(...path: string[]): string {
  return pathToFileURL(resolve(...path)).href;
}

async function findModule(source: string): Promise<string> {
  for (const path of [resolve(source), resolve(source, "mod.ts")]) {
    if (await Deno.stat(path).then((info) => info.isFile, () => false)) return path;
  }
  throw new TaskRuntimeError(
    "NOT_FOUND",
    `Cannot use the module "${source}": neither this file nor a mod.ts in this folder exists`,
  );
}

/** Returns the imports of other packages. */
function packages(config: Readonly<Record<string, unknown>>): Record<string, string> {
  const imports = isPlainObject(config["imports"]) ? config["imports"] : {};
  return Object.fromEntries(
    Object.entries(imports).flatMap(([name, target]): [string, string][] =>
      typeof target === "string" && /^(?:jsr|npm):/.test(target) ? [[name, target]] : []
    ),
  );
}

/** Returns the imports of packages; a copy that was set up without JSR contains their folders. */
async function linkedPackages(
  folder: string,
  imports: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { links } = await readConfig(`${folder}/.deno.offline.json`);
  const found: Record<string, string> = { ...imports };
  for (const link of Array.isArray(links) ? links : []) {
    const linked = resolve(folder, String(link));
    const { name, exports } = await readConfig(`${linked}/deno.json`);
    if (typeof name !== "string") continue;
    delete found[name];
    const entries = isPlainObject(exports) ? Object.entries(exports) : [[".", exports] as const];
    for (const [key, target] of entries) {
      if (typeof target === "string") found[name + key.slice(1)] = addressOf(linked, target);
    }
  }
  return found;
}

async function readConfig(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const config: unknown = JSON.parse(await Deno.readTextFile(path));
    return isPlainObject(config) ? config : {};
  } catch {
    return {};
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return isPlainObject(value) ? value[key] : undefined;
}
