/**
 * The code of a launch as the binary holds it: its text, and what V8 made of it at build time.
 *
 * V8 compiles each function when it is first called, which would be a third of a short task's time in
 * this process. Deno's own code cache helps little: it holds what is compiled before the first
 * call, and stands in a file that an earlier launch must have been able to write. The binary's is made
 * after a task has run (scripts/code_cache.ts), and lies in the binary.
 *
 * @module
 */
import { Script } from "node:vm";

/** The text, beside the module that runs it: a function of `import.meta` that gives the exports. */
const TEXT = "core.txt";
/** What V8 made of it. */
const CACHE = "core.cache";

/**
 * Compiles the code that lies beside the module `meta`, in whose place it stands.
 *
 * The cache is taken by the very engine that made it, with the same flags; any other compiles the
 * text, as does the one that is to make the cache.
 */
export function compile(meta: ImportMeta): Script {
  const text = Deno.readTextFileSync(`${meta.dirname}/${TEXT}`);
  const cachedData = readCache(`${meta.dirname}/${CACHE}`);
  // A cache holds the name, here a temporary folder's; where it is taken, the true one takes its place.
  if (cachedData === undefined) return new Script(text, { filename: "file:///core.js" });
  return new Script(text, { filename: meta.url, cachedData });
}

/** Runs the code in the place of the module `meta`; gives what it exports, by name. */
export function evaluate(script: Script, meta: ImportMeta): Exports {
  const code: (meta: ImportMeta) => Exports = script.runInThisContext();
  return code(meta);
}

/** What a module exports, by name. */
type Exports = Readonly<Record<string, unknown>>;

function readCache(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Deno.readFileSync(path);
  } catch {
    return undefined;
  }
}
