/**
 * Finds our module among what an author's code imports.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DenoCommand, quietEnvironment, runCommand } from "./deno_command.ts";
import { isPlainObject } from "../values.ts";

/** The name that the module has in every registry and in its own deno.json. */
const PACKAGE = "@airflow-deno/task-runtime";
const PUBLISHED = new RegExp(`/${PACKAGE}/(\\d+\\.\\d+\\.\\d+[^/]*)/mod\\.ts$`);
/** The entry point that starts the launch of a packed bundle. */
const LAUNCH = "./launch";

/** What {@linkcode findLaunchModule} looks through. */
export interface ModuleSearch {
  /** The author's entry module, an absolute path. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from the entry's folder by default. */
  readonly config?: string | undefined;
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds the specifier of our module's launch entry point, in the version that the author's code
 * imports; undefined when it does not import our module.
 */
export async function findLaunchModule(
  deno: DenoCommand,
  { entry, config, signal }: ModuleSearch,
): Promise<string | undefined> {
  const { code, stdout } = await runCommand(deno.path, {
    args: ["info", "--json", ...config === undefined ? [] : [`--config=${config}`], entry],
    cwd: dirname(entry),
    env: quietEnvironment(),
    signal,
  });
  // Bundling reports better what is wrong with a module.
  if (code !== 0) return undefined;
  for (const url of targetsIn(JSON.parse(stdout))) {
    const launch = await launchModuleAt(url);
    if (launch !== undefined) return launch;
  }
  return undefined;
}

/** The addresses of all modules that a module graph imports. */
function targetsIn(graph: unknown): ReadonlySet<string> {
  const dependencies = listAt(graph, "modules").flatMap((each) => listAt(each, "dependencies"));
  const targets = dependencies.map((each) => isPlainObject(each) ? each["code"] : undefined)
    .map((code) => isPlainObject(code) ? code["specifier"] : undefined);
  return new Set(targets.filter((target) => typeof target === "string"));
}

/** The launch entry point of our module, if that is what lies at the address of a mod.ts. */
async function launchModuleAt(url: string): Promise<string | undefined> {
  const published = PUBLISHED.exec(url)?.[1];
  if (published !== undefined) return `jsr:${PACKAGE}@${published}/launch`;
  if (!url.startsWith("file:") || !url.endsWith("/mod.ts")) return undefined;
  const folder = dirname(fileURLToPath(url));
  let config: unknown;
  try {
    config = JSON.parse(await Deno.readTextFile(join(folder, "deno.json")));
  } catch {
    return undefined;
  }
  if (!isPlainObject(config) || config["name"] !== PACKAGE || !isPlainObject(config["exports"])) {
    return undefined;
  }
  const path = config["exports"][LAUNCH];
  return typeof path === "string" ? new URL(path, url).href : undefined;
}

function listAt(holder: unknown, name: string): unknown[] {
  const list = isPlainObject(holder) ? holder[name] : undefined;
  return Array.isArray(list) ? list : [];
}
