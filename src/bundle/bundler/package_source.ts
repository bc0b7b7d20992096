/**
 * The text of a module, changed so that it finds in a bundle what Node or Deno give it on disk.
 *
 * Every change stays on the first line or within its line, so that line numbers stay.
 *
 * @module
 */
import { posix } from "node:path";
import { fieldsIn } from "../../values.ts";

/** The place of a module in the bundle. */
export interface ModulePlace {
  /** Its path in the bundle, e.g. `/airflow-bundle/npm/tiktoken@1.0.22/tiktoken.cjs`. */
  readonly path: string;
  /** True for an ES module. */
  readonly isEsModule: boolean;
}

/** True if the text uses the place of its module, and so may read files next to it. */
export function usesItsPlace(text: string): boolean {
  return /\b__(?:dir|file)name\b|\bimport\.meta\b|\brequire\.resolve\b/.test(text);
}

/** Replaces the place on disk that a module of an npm package sees by its place in the bundle. */
export function withBundlePlace(text: string, { path, isEsModule }: ModulePlace): string {
  const [file, folder] = [JSON.stringify(path), JSON.stringify(posix.dirname(path))];
  if (isEsModule) {
    const values = { url: JSON.stringify(`file://${path}`), filename: file, dirname: folder };
    return text.replaceAll(
      /\bimport\.meta\.(url|filename|dirname)\b/g,
      (found, name: string) =>
        name === "url" || name === "filename" || name === "dirname" ? values[name] : found,
    );
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

const TIMERS = ["setTimeout", "setInterval", "clearTimeout", "clearInterval"];

/** Gives a module Node's timers if it calls methods that only those have, e.g. `unref()`. */
export function withNodeTimers(text: string, isEsModule: boolean): string {
  if (!/\bset(?:Timeout|Interval)\b/.test(text)) return text;
  if (!/\.(?:unref|ref|hasRef|refresh)\b/.test(text)) return text;
  const free = TIMERS.filter((name) => isFree(text, name));
  if (free.length === 0) return text;
  const names = `{${free.join(",")}}`;
  return isEsModule
    ? `import ${names} from "embedded:timers";${text}`
    : afterDirective(text, `var ${names}=require("embedded:timers");`);
}

/** The characters before a name in which its declaration begins. */
const DECLARATION_LENGTH = 300;
const DECLARATION =
  /\b(?:(?:var|let|const|import)\s*\{[\w$\s,:]*|(?:var|let|const)\s+(?:[\w$]+\s*,\s*)*|(?:function|class|import)\s+)$/;

/** True if the text uses a name and does not seem to declare it. */
function isFree(text: string, name: string): boolean {
  let isUsed = false;
  for (const { index } of text.matchAll(new RegExp(`(?<![.\\w$])${name}\\b`, "g"))) {
    if (DECLARATION.test(text.slice(Math.max(0, index - DECLARATION_LENGTH), index))) return false;
    isUsed = true;
  }
  return isUsed;
}

/** Puts code at the start of a module, behind "use strict" and without a `#!` line. */
function afterDirective(text: string, code: string): string {
  const bare = text.replace(/^#!.*/, "");
  return /^(["'])use strict\1/.test(bare.slice(firstCode(bare)))
    ? `"use strict";${code}${bare}`
    : code + bare;
}

/** Returns the index of the first code behind white space and comments. */
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

/** The module of Node's timers, which it builds only when a timer starts. */
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
const INLINE_MAP = /(\/\/# sourceMappingURL=data:application\/json[^,\n]*;base64,)(\S+)\s*$/;

/** Defines `require()` for CommonJS modules that require what the runtime provides. */
export function withRequire(code: string): string {
  if (!code.includes("Dynamic require of") && !/\brequire\.resolve\b/.test(code)) return code;
  return REQUIRE + code.replace(INLINE_MAP, (_found, marker: string, data: string) => {
    const map = fieldsIn(JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(data))));
    const moved = JSON.stringify({ ...map, mappings: `;${String(map["mappings"])}` });
    return marker + new TextEncoder().encode(moved).toBase64();
  });
}
