/**
 * An author's code tied to our module when it starts, instead of when it is packed.
 *
 * The binary has a copy of the module that V8 need not compile anew at each start. A bundle takes
 * that copy if it is of the very version that it was packed with, and otherwise its own, which
 * stands in it compressed. The binary's is in two parts, and the second is loaded only for bundles
 * that import what is not in the first; its own copy holds what it imports, and no more.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DenoCommand, quietEnvironment, runCommand } from "./deno_command.ts";
import { isMapping } from "./metadata.ts";
import { moduleCode } from "./module_code.ts";

/** The name that the module has in every registry and in its own deno.json. */
const PACKAGE = "@airflow-deno/task-runtime";
const PUBLISHED = new RegExp(`/${PACKAGE}/(\\d+\\.\\d+\\.\\d+[^/]*)/mod\\.ts$`);
/** Where the binary lends its copy; `lendModule` in src/runtime/launch/launch.ts. */
const LENT = `globalThis[Symbol.for("airflow-task-runtime.lent")]`;

/** What makes a module's address of its text in base 64. */
const AS_MODULE = "data:text/javascript;base64,";
/** How a bundle's own copy is compressed, by what every engine brings. */
const COMPRESSION = "deflate-raw";

/** What stands before the specifier in an import that binds names, and what it binds. */
const STATIC = /import\s*(\{[^{}]*\}|\*\s*as\s+[\w$]+)?\s*(?:from\s*)?$/;
const DYNAMIC = /import\(\s*$/;

/** Gives the text of a module with these exports of ours; with all of them when undefined. */
export type OwnCopy = (names: readonly string[] | undefined) => Promise<string>;

/** Our module as an author's code imports it. */
export interface ModuleImport {
  /** Its address: a file or what a registry serves. */
  readonly url: string;
  /** Its version. */
  readonly version: string;
  /** The specifiers that the author's modules name it by. */
  readonly specifiers: readonly string[];
}

/** What {@linkcode findModule} is to look through. */
export interface ModuleSearch {
  /** The author's entry module, an absolute path. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from the entry's folder by default. */
  readonly config?: string | undefined;
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined;
}

/** Finds our module among all that an author's entry module imports; undefined when it does not. */
export async function findModule(
  deno: DenoCommand,
  { entry, config, signal }: ModuleSearch,
): Promise<ModuleImport | undefined> {
  const configured = config === undefined ? [] : [`--config=${config}`];
  const specifiersOf = new Map<string, Set<string>>();
  for (const { specifier, target } of await importsOf(deno, entry, configured, signal)) {
    if (target === undefined) continue;
    const specifiers = specifiersOf.get(target) ?? new Set();
    specifiersOf.set(target, specifiers.add(specifier));
  }
  for (const [url, specifiers] of specifiersOf) {
    const version = await versionAt(url);
    if (version !== undefined) return { url, version, specifiers: [...specifiers] };
  }
  return undefined;
}

/**
 * Ties bundled code, in the file `path`, which imports our module by the specifiers, to the
 * binary's copy or else to its own, which `ownCopy` gives. Only two lines come before the code, and
 * every character of it stays in its place, as its source map has it.
 *
 * Gives undefined where an import is none that a bundler writes.
 */
export async function linkModule(
  deno: DenoCommand,
  path: string,
  { specifiers, version }: ModuleImport,
  ownCopy: OwnCopy,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let code = await Deno.readTextFile(path);
  const name = freeName(code);
  const bindings: (string | undefined)[] = [];
  for (;;) {
    // Deno's own parser tells where the next import is: text that looks like one may be a string.
    const [next] = (await importsOf(deno, path, ["--no-config"], signal))
      .filter(({ specifier }) => specifiers.includes(specifier));
    if (next === undefined) break;
    const place = offsetsOf(code, next);
    const replaced = place && replaceImport(code, place, name, bindings);
    if (replaced === undefined) return undefined;
    code = replaced;
    await Deno.writeTextFile(path, code);
  }
  const names = importedNames(bindings);
  const own = await compressed(await ownCopy(names));
  const lines = firstLines({ name, version, own, names, bindings });
  return lines + moduleCode(code, lines.split("\n").length - 1);
}

/** Replaces one import by what has its length, and adds what it binds to `bindings`; undefined for all. */
function replaceImport(
  code: string,
  [start, end]: readonly [number, number],
  name: string,
  bindings: (string | undefined)[],
): string | undefined {
  const before = code.slice(0, start);
  const dynamic = DYNAMIC.exec(before);
  if (dynamic !== null) {
    bindings.push(undefined);
    const width = end - dynamic.index;
    return before.slice(0, dynamic.index) +
      `Promise.resolve(${name}`.padEnd(width) + code.slice(end);
  }
  const statement = STATIC.exec(before);
  if (statement === null) return undefined;
  const [, bound] = statement;
  if (bound !== undefined) {
    bindings.push(bound.replace(/^\*\s*as\s+/, "").replaceAll(/\s+as\s+/g, ":"));
  }
  return before.slice(0, statement.index) + " ".repeat(end - statement.index) + code.slice(end);
}

/** The exports that the bindings name, each once; undefined when they may use any. */
function importedNames(bindings: readonly (string | undefined)[]): string[] | undefined {
  const names = new Set<string>();
  for (const bound of bindings) {
    const list = /^\{([^{}]*)\}$/.exec(bound ?? "")?.[1];
    if (list === undefined) return undefined;
    for (const each of list.split(",")) {
      const [name = ""] = each.split(":");
      if (name.trim() !== "") names.add(name.trim());
    }
  }
  return [...names];
}

/** What the first lines of a bundle tie. */
interface Link {
  /** The variable that holds the module. */
  readonly name: string;
  readonly version: string;
  /** Its own copy of the module, compressed, in base 64. */
  readonly own: string;
  /** The exports that the bundle uses; undefined for any. */
  readonly names: readonly string[] | undefined;
  readonly bindings: readonly (string | undefined)[];
}

/** What stands around the comment in the text of the function that holds it. */
const [BEFORE_OWN, AFTER_OWN] = ["()=>{//", "\n}"];

/**
 * The bundle's own copy is a comment, which V8 passes over at each start, where it would read and keep
 * a string. Where it is needed, it is found in the text of the function around it.
 */
function firstLines({ name, version, own, names, bindings }: Link): string {
  const whole = "await lent.whole()";
  const taken = names === undefined
    ? whole
    : `${JSON.stringify(names)}.every(n=>n in lent.core)?lent.core:${whole}`;
  const base64 = `${name}.toString().slice(${BEFORE_OWN.length},-${AFTER_OWN.length})`;
  const declarations = bindings.flatMap((bound) => bound === undefined ? [] : `${bound}=${name}`);
  return `var ${name}=${BEFORE_OWN}${own}${AFTER_OWN};{const lent=${LENT};` +
    `${name}=lent?.version===${JSON.stringify(version)}?${taken}:` +
    `await import(${JSON.stringify(AS_MODULE)}+(await new Response(` +
    `new Blob([Uint8Array.fromBase64(${base64})]).stream()` +
    `.pipeThrough(new DecompressionStream("${COMPRESSION}"))).bytes()).toBase64())}` +
    (declarations.length === 0 ? "" : `var ${declarations.join(",")};`) + "\n";
}

/** Compressed, in base 64: hardly ever is it needed, and each start reads the whole bundle. */
async function compressed(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream(COMPRESSION));
  return (await new Response(stream).bytes()).toBase64();
}

function freeName(code: string): string {
  let name = "$airflow";
  while (code.includes(name)) name += "_";
  return name;
}

/** The version of our module, if it is what lies at the address. */
async function versionAt(url: string): Promise<string | undefined> {
  const published = PUBLISHED.exec(url)?.[1];
  if (published !== undefined || !url.startsWith("file:")) return published;
  const path = fileURLToPath(url);
  let described: unknown;
  try {
    described = JSON.parse(await Deno.readTextFile(join(dirname(path), "deno.json")));
  } catch {
    return undefined;
  }
  if (!isMapping(described) || described["name"] !== PACKAGE || !path.endsWith("/mod.ts")) {
    return undefined;
  }
  return typeof described["version"] === "string" ? described["version"] : undefined;
}

interface Import {
  readonly specifier: string;
  /** Where it leads; undefined when nowhere, or only for types. */
  readonly target: string | undefined;
  /** Line and UTF-16 column of the specifier's quotes, both from 0. */
  readonly start: Position;
  readonly end: Position;
}

interface Position {
  readonly line: number;
  readonly character: number;
}

/** All imports in the graph of a module, as `deno info` tells; none when it cannot. */
async function importsOf(
  deno: DenoCommand,
  module: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Import[]> {
  const { code, stdout } = await runCommand(deno.path, {
    args: ["info", "--json", ...args, module],
    cwd: dirname(module),
    env: quietEnvironment(),
    signal,
  });
  // What is wrong with the module, bundling it tells better.
  if (code !== 0) return [];
  const graph: unknown = JSON.parse(stdout);
  return listAt(graph, "modules").flatMap((each) =>
    listAt(each, "dependencies").flatMap(readImport)
  );
}

function readImport(dependency: unknown): Import[] {
  if (!isMapping(dependency) || !isMapping(dependency["code"])) return [];
  const { specifier, code } = dependency;
  const span = isMapping(code) ? code["span"] : undefined;
  if (typeof specifier !== "string" || !isMapping(code) || !isMapping(span)) return [];
  const [start, end] = [readPosition(span["start"]), readPosition(span["end"])];
  if (start === undefined || end === undefined) return [];
  const target = code["specifier"];
  return [{ specifier, target: typeof target === "string" ? target : undefined, start, end }];
}

function readPosition(value: unknown): Position | undefined {
  if (!isMapping(value)) return undefined;
  const { line, character } = value;
  return typeof line === "number" && typeof character === "number"
    ? { line, character }
    : undefined;
}

function listAt(holder: unknown, name: string): unknown[] {
  const list = isMapping(holder) ? holder[name] : undefined;
  return Array.isArray(list) ? list : [];
}

/** The span of an import within the text; undefined when there is no string literal. */
function offsetsOf(code: string, { start, end }: Import): [number, number] | undefined {
  const lines = code.split("\n");
  const at = ({ line, character }: Position): number =>
    lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, character);
  const span: [number, number] = [at(start), at(end)];
  return /^(["']).*\1$/.test(code.slice(...span)) ? span : undefined;
}
