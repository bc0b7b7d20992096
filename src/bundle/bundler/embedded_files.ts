/**
 * Files that a program reads from the folders of its modules: embedded in the bundle, read as if
 * they lay in a folder that only the bundle sees.
 *
 * @module
 */
import { basename, dirname, extname, isAbsolute, join, relative } from "node:path";

/** The folder in which a bundle's code finds its embedded files; no such folder exists on disk. */
export const EMBEDDED_ROOT = "/airflow-bundle";

/** The longest file that a bundle embeds, in bytes. */
const MAX_FILE_BYTES = 32 * 2 ** 20;
/** A folder with more files than this is not embedded. */
const MAX_FOLDER_FILES = 500;

/** Files that the bundle contains as code, or that no code reads. */
const CODE = /\.(?:[cm]?[jt]sx?|map|node|md)$/;
/** A string on one line, without escapes and interpolation. */
const LITERAL = /(["'`])((?:(?!\1)[^\\\n$]){1,200})\1/g;
/** The strings of a call such as `path.join(__dirname, "data", "a.txt")`, which are one path. */
const JOINED =
  /\b(?:join|resolve)\(\s*(?:[\w$.]+)\s*((?:,\s*(?:"[^"\n]*"|'[^'\n]*'|`[^`$\n]*`)\s*)+)\)/g;

/** Collects the files that modules name, each with the path under which the bundle finds it. */
export class EmbeddedFiles {
  readonly #files = new Map<string, string>();

  /** The number of embedded files. */
  get size(): number {
    return this.#files.size;
  }

  /**
   * Embeds the files that a module's text names by literals, relative to its folder or to the
   * folder of its package.
   *
   * @param text the module's text
   * @param file the module's path
   * @param root the folder of its package
   * @param embeddedRoot the path of `root` in the bundle
   */
  async collect(text: string, file: string, root: string, embeddedRoot: string): Promise<void> {
    // The rest of `${__dirname}/a.txt` is a literal too.
    const plain = text.replaceAll(/`\$\{[\w$.]+\}(?=\/)/g, "`");
    const literals = plain.matchAll(LITERAL).map(([, , literal = ""]) => literal).toArray();
    const joined = text.matchAll(JOINED).map(([, parts = ""]) =>
      parts.matchAll(LITERAL).map(([, , part = ""]) => part).toArray().join("/")
    ).toArray();
    const names = new Set([...literals, ...joined]);
    for (const name of names) {
      for (const folder of new Set([dirname(file), root])) {
        const path = join(folder, name);
        if (!isWithin(root, path)) continue;
        await this.#add(path, root, embeddedRoot, joined.includes(name));
      }
    }
  }

  /** Embeds one file; returns false if it does not exist or is too long. */
  async add(path: string, embeddedPath: string): Promise<boolean> {
    const stat = await statOf(path);
    if (!stat?.isFile || stat.size > MAX_FILE_BYTES) return false;
    this.#files.set(embeddedPath, path);
    return true;
  }

  /** Writes the module that holds the files: a Map from path to base64. */
  async moduleText(): Promise<string> {
    const entries: [string, string][] = [];
    for (const [embedded, path] of [...this.#files].toSorted()) {
      entries.push([embedded, (await Deno.readFile(path)).toBase64()]);
    }
    return `module.exports = new Map(${JSON.stringify(entries)});`;
  }

  async #add(path: string, root: string, embeddedRoot: string, folders: boolean): Promise<void> {
    const stat = await statOf(path);
    if (stat?.isFile) {
      if (CODE.test(path) || basename(path) === "LICENSE") return;
      await this.add(path, embeddedPath(path, root, embeddedRoot));
    } else if (stat?.isDirectory && folders && path !== root) {
      for (const file of await filesIn(path)) {
        await this.add(file, embeddedPath(file, root, embeddedRoot));
      }
    }
  }
}

/** Returns the path under which the bundle finds a file of the folder `root`, or of one above it. */
export function embeddedPath(path: string, root: string, embeddedRoot: string): string {
  const way = relative(root, path).replaceAll("\\", "/");
  return `${embeddedRoot}/${way.replaceAll(/(?<=^|\/)\.\.(?=\/)/g, "up")}`;
}

async function filesIn(folder: string): Promise<string[]> {
  const files: string[] = [];
  const folders = [folder];
  for (const each of folders) {
    for await (const entry of Deno.readDir(each)) {
      const path = join(each, entry.name);
      if (entry.isDirectory && entry.name !== "node_modules") folders.push(path);
      else if (entry.isFile && extname(entry.name) !== "" && !CODE.test(entry.name)) {
        files.push(path);
      }
      if (files.length > MAX_FOLDER_FILES) return [];
    }
  }
  return files;
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}

/**
 * The text of the module that replaces `node:fs` in a bundle with embedded files: it reads them from
 * memory, and calls `node:fs` for all other files.
 */
export const FILE_SYSTEM_MODULE = `
const fs = require("node:fs");
const files = require("embedded:files");
const decoded = new Map();
function pathOf(name) {
  try {
    const url = name instanceof URL
      ? name
      : new URL("file://" + String(name).replace(/[%#?]/g, (each) => encodeURIComponent(each)));
    return decodeURIComponent(url.pathname).replace(/\\/+$/, "");
  } catch {
    return "";
  }
}
function find(name) {
  if (typeof name === "number") return undefined;
  const path = pathOf(name);
  const base64 = files.get(path);
  if (base64 === undefined) return undefined;
  if (!decoded.has(path)) decoded.set(path, Buffer.from(base64, "base64"));
  return decoded.get(path);
}
function entriesIn(name, options) {
  const folder = pathOf(name) + "/";
  if (!folder.startsWith("${EMBEDDED_ROOT}/")) return undefined;
  const names = new Set();
  for (const path of files.keys()) {
    if (!path.startsWith(folder)) continue;
    const parts = path.slice(folder.length).split("/");
    const depth = options?.recursive ? parts.length : 1;
    for (let i = 1; i <= depth; i++) names.add(parts.slice(0, i).join("/"));
  }
  if (names.size === 0) return undefined;
  if (!options?.withFileTypes) return [...names];
  return [...names].map((each) => {
    const path = folder + each;
    const at = path.lastIndexOf("/");
    return Object.assign(stat(path), { name: path.slice(at + 1), parentPath: path.slice(0, at) });
  });
}
function stream(name, options) {
  const { start = 0, end = Infinity, encoding } = typeof options === "string"
    ? { encoding: options }
    : options ?? {};
  const part = content(find(name).subarray(start, end + 1), encoding);
  return require("node:stream").Readable.from([part]);
}
function content(data, options) {
  const encoding = typeof options === "string" ? options : options?.encoding;
  return encoding ? data.toString(encoding) : Buffer.from(data);
}
function stat(name) {
  const data = find(name);
  const isFolder = data === undefined;
  return {
    size: data?.length ?? 0, mode: isFolder ? 0o40555 : 0o100444,
    mtimeMs: 0, mtime: new Date(0), isFile: () => !isFolder, isDirectory: () => isFolder,
    isSymbolicLink: () => false,
  };
}
const has = (name) => find(name) !== undefined || entriesIn(name) !== undefined;
function later(own, position) {
  return (real) => function (name, ...rest) {
    if (!has(name)) return real.call(this, name, ...rest);
    const callback = rest.at(-1);
    queueMicrotask(() => {
      let value;
      try {
        value = own(name, ...rest.slice(0, -1));
      } catch (error) {
        return callback(error);
      }
      callback(null, value);
    });
  };
}
const sync = (own) => (real) => function (name, ...rest) {
  return has(name) ? own(name, ...rest) : real.call(this, name, ...rest);
};
const readFile = (name, options) => content(find(name), options);
const none = () => undefined;
const same = (name) => pathOf(name);
const OWN = {
  readFileSync: sync(readFile), readFile: later(readFile),
  existsSync: sync(() => true), accessSync: sync(none), access: later(none),
  statSync: sync(stat), lstatSync: sync(stat), stat: later(stat), lstat: later(stat),
  realpathSync: sync(same), realpath: later(same),
  readdirSync: sync(entriesIn), readdir: later(entriesIn),
  createReadStream: sync(stream),
};
const embedded = { ...fs };
for (const [name, wrap] of Object.entries(OWN)) embedded[name] = wrap(fs[name]);
for (const name of ["realpathSync", "realpath"]) embedded[name].native = embedded[name];
embedded.promises = { ...fs.promises };
const promised = { readFile, access: none, stat, lstat: stat, realpath: same, readdir: entriesIn };
for (const [name, own] of Object.entries(promised)) {
  embedded.promises[name] = async (file, ...rest) =>
    has(file) ? own(file, ...rest) : await fs.promises[name](file, ...rest);
}
embedded.default = embedded;
module.exports = embedded;
`;

/** The text of a module that lets `Deno.readFile()`, `Deno.readTextFile()` and `fetch()` read them. */
export const DENO_FILES_MODULE = `
const fs = require("embedded:fs");
const isEmbedded = (name) =>
  (name instanceof URL ? name.protocol === "file:" : typeof name === "string") &&
  String(name instanceof URL ? name.pathname : name).startsWith("${EMBEDDED_ROOT}/");
const bytes = (name) => new Uint8Array(fs.readFileSync(name));
const text = (name) => fs.readFileSync(name, "utf8");
if (typeof Deno !== "undefined") {
  for (const [name, own] of Object.entries({ readFile: bytes, readTextFile: text })) {
    const [real, realSync] = [Deno[name], Deno[name + "Sync"]];
    Deno[name] = async (file, ...rest) => isEmbedded(file) ? own(file) : await real(file, ...rest);
    Deno[name + "Sync"] = (file) => isEmbedded(file) ? own(file) : realSync(file);
  }
}
const { fetch } = globalThis;
globalThis.fetch = async (input, ...rest) => {
  const url = typeof input === "string" && input.startsWith("file:") ? new URL(input) : input;
  if (!(url instanceof URL) || !isEmbedded(url)) return await fetch(input, ...rest);
  const isWasm = url.pathname.endsWith(".wasm");
  return new Response(bytes(url), isWasm ? { headers: { "content-type": "application/wasm" } } : {});
};
`;
