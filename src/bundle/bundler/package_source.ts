/**
 * The text of a module, changed so that it finds in a bundle what Node or Deno give it on disk.
 *
 * Every change stays on the first line or within its line, so that line numbers stay.
 *
 * @module
 */
import { posix } from "node:path";
import { moduleCode } from "../module_code.ts";

/** The place of a module in the bundle. */
export interface ModulePlace {
  /** Its path in the bundle, e.g. `/airflow-bundle/npm/tiktoken@1.0.22/tiktoken.cjs`. */
  readonly path: string;
  /** True for an ES module. */
  readonly isEsModule: boolean;
}

/** True if the text can only be an ES module: it has `import.meta` and an import or export. */
export function isEsModuleText(text: string): boolean {
  return text.includes("import.meta") && /^(?:import|export)\b(?!\s*\()/m.test(text);
}

/** True if the text uses the place of its module, and so may read files next to it. */
export function usesItsPlace(text: string): boolean {
  return /\b__(?:dir|file)name\b|\bimport\.meta\b|\brequire\.resolve\b/.test(text);
}

/** Replaces the place on disk that a module of an npm package sees by its place in the bundle. */
export function withBundlePlace(text: string, { path, isEsModule }: ModulePlace): string {
  const [file, folder] = [JSON.stringify(path), JSON.stringify(posix.dirname(path))];
  if (isEsModule) {
    const url = JSON.stringify(`file://${path}`);
    return withImportMeta(withOwnRequire(text), { url, filename: file, dirname: folder });
  }
  const resolved = text.replaceAll(
    /\brequire\.resolve\(\s*(["'])(\.{1,2}\/[^"'\n]+)\1\s*\)/g,
    (_found, _quote, name: string) => JSON.stringify(posix.join(posix.dirname(path), name)),
  );
  const values = { __filename: file, __dirname: folder };
  const free = Object.entries(values).filter(([name]) => isFree(text, name));
  if (free.length === 0) return resolved;
  return afterDirective(
    resolved,
    `var ${free.map(([name, value]) => `${name}=${value}`).join(",")};`,
  );
}

/**
 * Replaces `import.meta.url` and the other given properties by constants: `values` maps a property to
 * the expression of its value. Text in a string stays valid, since a constant's name has no quotes.
 */
export function withImportMeta(text: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const replaced = text.replaceAll(/(?<!["'`])\bimport\.meta\.(\w+)\b/g, (found, name: string) => {
    if (!Object.hasOwn(values, name)) return found;
    used.add(name);
    return `__module_${name}`;
  });
  const constants = [...used].map((name) => `const __module_${name}=${values[name]};`);
  return used.size === 0 ? text : afterDirective(replaced, constants.join(""));
}

const OWN_REQUIRE =
  /\b(?:const|let|var)\s+require\s*=\s*(?:[\w$]+\.)?createRequire\(\s*import\.meta\.url\s*\)(?=\s*(?:;|\n|$))/g;

/** Removes the `require()` that an ES module makes itself, so that esbuild bundles what it loads. */
function withOwnRequire(text: string): string {
  return text.replaceAll(OWN_REQUIRE, "");
}

const TIMERS = ["setTimeout", "setInterval", "clearTimeout", "clearInterval"];

/** Gives a module Node's timers if it calls methods that only those have, e.g. `unref()`. */
export function withNodeTimers(text: string, isEsModule: boolean): string {
  if (!/\bset(?:Timeout|Interval)\b/.test(text)) return text;
  if (!/\.(?:unref|ref|hasRef|refresh)\b/.test(text)) return text;
  const free = TIMERS.filter((name) => isFree(text, name));
  if (free.length === 0) return text;
  const names = `{${free.join(",")}}`;
  return isEsModule
    ? afterDirective(text, `import ${names} from "embedded:timers";`)
    : afterDirective(text, `var ${names}=require("embedded:timers");`);
}

/** The characters before and after a name that are searched for its declaration. */
const DECLARATION_LENGTH = 300;
/** The text before a name that is declared. */
const DECLARATION =
  /\b(?:(?:var|let|const|import)\s*\{[\w$\s,:]*|(?:var|let|const)\s+(?:[\w$]+\s*,\s*)*|(?:function|class|import)\s+)$/;

/** The text after a name that an import or a destructuring assignment in braces declares. */
const REST_OF_LIST = /^[\w$\s,:]*\}\s*(?:=(?![=>])|from\b)/;

/** True if the text uses a name and does not seem to declare it. */
function isFree(text: string, name: string): boolean {
  let isUsed = false;
  for (const { index } of text.matchAll(new RegExp(`(?<![.\\w$])${name}\\b`, "g"))) {
    const end = index + name.length;
    if (DECLARATION.test(text.slice(Math.max(0, index - DECLARATION_LENGTH), index))) return false;
    if (REST_OF_LIST.test(text.slice(end, end + DECLARATION_LENGTH))) return false;
    isUsed = true;
  }
  return isUsed;
}

/** Puts code at the start of a module, after "use strict"; removes a `#!` line. */
function afterDirective(text: string, code: string): string {
  const bare = text.replace(/^#!.*/, "");
  return /^(["'])use strict\1/.test(bare.slice(firstCode(bare)))
    ? `"use strict";${code}${bare}`
    : code + bare;
}

/** Returns the index of the first code after white space and comments. */
function firstCode(text: string): number {
  for (let at = 0;;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    const end = text.startsWith("//", at)
      ? text.indexOf("\n", at)
      : text.startsWith("/*", at)
      ? text.indexOf("*/", at) + 1
      : at;
    if (end === at || end < 1) return at;
    at = end + 1;
  }
}

/** The text of a module with Node's timers. It loads `node:timers` only when a timer starts. */
export const TIMERS_MODULE = `
const timers = () => require("node:timers");
function own(name) {
  const timer = (...args) => timers()[name](...args);
  return Object.defineProperty(timer, Symbol.for("nodejs.util.promisify.custom"), {
    value: (...args) => require("node:timers/promises")[name](...args),
  });
}
const clear = (name, global) => (timer) =>
  typeof timer === "object" && timer !== null ? timers()[name](timer) : global(timer);
module.exports = {
  setTimeout: own("setTimeout"),
  setInterval: own("setInterval"),
  clearTimeout: clear("clearTimeout", clearTimeout),
  clearInterval: clear("clearInterval", clearInterval),
};
`;

const REQUIRE =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire("file:///");\n';

/**
 * Defines `require()` for CommonJS modules that require what the runtime provides. The definition is
 * one more line, by which an inline source map is moved.
 */
export function withRequire(code: string): string {
  if (!code.includes("Dynamic require of") && !/\brequire\.resolve\b/.test(code)) return code;
  return REQUIRE + moduleCode(code, 1);
}
