/**
 * The entry module of a bundle, which starts the launch before the author's code runs.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type DenoCommand, quietEnvironment, runCommand } from "./deno_command.ts";
import { isPlainObject } from "../values.ts";

/** The name of the module in every registry and in its own deno.json. */
const PACKAGE = "@airflow-deno/task-runtime";
const PUBLISHED = new RegExp(`/${PACKAGE}/(\\d+\\.\\d+\\.\\d+[^/]*)/mod\\.ts$`);
/** The entry point that starts the launch of a packed bundle. */
const LAUNCH = "./launch";

/** The module to bundle. */
export interface AuthorEntry {
  /** The author's entry module, an absolute path. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from the entry's folder by default. */
  readonly config?: string | undefined;
  /** Cancels the search. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the entry module to `folder` and returns its path. Returns the author's own entry if that
 * does not import our module, which is reported when it is asked for its Dags.
 */
export async function writeEntryModule(
  deno: DenoCommand,
  folder: string,
  author: AuthorEntry,
): Promise<string> {
  const launch = await findLaunchModule(deno, author);
  if (launch === undefined) return author.entry;
  const path = join(folder, "entry.ts");
  const imports = [launch, pathToFileURL(author.entry).href].map((url) => JSON.stringify(url));
  await Deno.writeTextFile(path, imports.map((url) => `import ${url};\n`).join(""));
  return path;
}

/**
 * Finds the specifier of our module's launch entry point, in the version that the author's code
 * imports. Returns undefined if the code does not import our module.
 */
async function findLaunchModule(
  deno: DenoCommand,
  { entry, config, signal }: AuthorEntry,
): Promise<string | undefined> {
  const { code, stdout } = await runCommand(deno.path, {
    args: ["info", "--json", ...config === undefined ? [] : [`--config=${config}`], entry],
    cwd: dirname(entry),
    env: quietEnvironment(),
    signal,
  });
  // Bundling reports the error better.
  if (code !== 0) return undefined;
  for (const url of targetsIn(JSON.parse(stdout))) {
    const launch = await launchModuleAt(url);
    if (launch !== undefined) return launch;
  }
  return undefined;
}

/** Returns the URLs of all modules that a module graph imports. */
function targetsIn(graph: unknown): ReadonlySet<string> {
  const dependencies = listAt(graph, "modules").flatMap((each) => listAt(each, "dependencies"));
  const targets = dependencies.map((each) => isPlainObject(each) ? each["code"] : undefined)
    .map((code) => isPlainObject(code) ? code["specifier"] : undefined);
  return new Set(targets.filter((target) => typeof target === "string"));
}

/** Returns the launch entry point of our module, if `url` is its mod.ts. */
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
