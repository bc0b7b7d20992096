/**
 * Tests of the bundler with small packages in the layout of npm; tests/packages packs real ones.
 */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { dirname } from "node:path";
import { bundleCode, type BundleCodeOptions } from "../../src/bundle/bundle_code.ts";
import type { BundlerResult } from "../../src/bundle/bundler/bundler.ts";
import type { NpmPackage } from "../../src/bundle/bundler/module_graph.ts";
import { NpmLinks } from "../../src/bundle/bundler/npm_links.ts";
import { findDeno } from "../../src/bundle/deno_command.ts";
import { TaskRuntimeError } from "../../src/error.ts";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { run } from "./bundle_parts.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;

interface Bundled {
  readonly result: BundlerResult;
  readonly code: string;
  /** The folder of the project, which was removed before the bundle ran. */
  readonly project: string;
  /** The stdout of the bundle. */
  readonly stdout: string;
}

const MANIFEST = JSON.stringify({ dependencies: { pkg: "1" } });

/** Bundles `main.ts` (or `entry`) of a project with these files, removes the project, and runs the bundle. */
async function bundled(
  files: Files,
  options: Partial<BundleCodeOptions> = {},
): Promise<Bundled> {
  await using project = await TemporaryFolder.create();
  await using worker = await TemporaryFolder.create();
  const all: Files = { "package.json": MANIFEST, ...files };
  for (const [name, content] of Object.entries(all)) {
    const path = project.join(name);
    await Deno.mkdir(dirname(path), { recursive: true });
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
  }
  const deno = await findDeno(undefined, undefined);
  const output = worker.join("bundle.mjs");
  const entry = project.join(options.entry ?? "main.ts");
  const result = await bundleCode(deno, output, { sourceMap: false, ...options, entry });
  const code = await Deno.readTextFile(output);
  // The bundle must not read files of the project. Its folder stays for the disposal.
  await Deno.remove(project.path, { recursive: true });
  await Deno.mkdir(project.path);
  const { stdout, stderr } = await run(deno.path, ["run", "-q", "--no-config", "-A", output]);
  assertEquals(stderr, "");
  return { result, code, project: project.path, stdout };
}

/** The files of the installed package `pkg`, whose modules are CommonJS. */
function commonjs(files: Files): Files {
  return installed({ "package.json": '{"name":"pkg","version":"1.2.3"}', ...files });
}

/** Moves files into the folder of the installed package `pkg`. */
function installed(files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [`node_modules/pkg/${name}`, content]),
  );
}

/** The files of `pkg`, a package of ES modules. */
function esModules(files: Files): Files {
  const manifest = '{"name":"pkg","version":"1.2.3","type":"module","exports":"./index.js"}';
  return installed({ "package.json": manifest, ...files });
}

const PRINT = 'import value from "pkg"; console.log(value);';

Deno.test("bundler: supports __dirname in CommonJS modules and embeds the files read from it", async () => {
  const { stdout, result } = await bundled({
    "main.ts": 'import { text, proto } from "pkg"; console.log(text, proto);',
    ...commonjs({
      "index.js": '"use strict"; const fs = require("fs"), path = require("path");\n' +
        'exports.text = fs.readFileSync(path.join(__dirname, "data.txt"), "utf8");\n' +
        'exports.proto = fs.existsSync(path.resolve(__dirname, "protos", "a.proto"));',
      "data.txt": "embedded",
      "protos/a.proto": "message A {}",
    }),
  });
  assertEquals(stdout, "embedded true\n");
  assertEquals(result.embeddedFiles, 2);
});

Deno.test("bundler: embeds files when ES modules read them relative to import.meta.url", async () => {
  const { stdout } = await bundled({
    "main.ts": 'import { read } from "pkg";\n' +
      'const own = await Deno.readTextFile(new URL("./own.txt", import.meta.url));\n' +
      'const fetched = await (await fetch(new URL("./own.txt", import.meta.url))).text();\n' +
      "console.log(read(), own, fetched);",
    "own.txt": "own",
    ...installed({
      "package.json": '{"name":"pkg","version":"1.2.3","type":"module","exports":"./index.js"}',
      "index.js": 'import { readFileSync } from "node:fs";\n' +
        'export const read = () => readFileSync(new URL("./x.wasm", import.meta.url)).length;',
      "x.wasm": new Uint8Array(5),
    }),
  });
  assertEquals(stdout, "5 own own\n");
});

Deno.test("bundler: replaces require.resolve() of a package's own file", async () => {
  const { stdout } = await bundled({
    "main.ts": 'import pkg from "pkg"; console.log(pkg.worker.endsWith("/worker.js"));',
    ...commonjs({
      "index.js": 'exports.worker = require.resolve("./worker.js");',
      "worker.js": "",
    }),
  });
  assertEquals(stdout, "true\n");
});

Deno.test("bundler: makes require() throw when the package is not installed", async () => {
  const { stdout, result } = await bundled({
    "main.ts": 'import pkg from "pkg"; console.log(pkg.fast);',
    ...commonjs({
      "index.js": 'try { require("fast"); exports.fast = true; }\n' +
        "catch (error) { exports.fast = error.code; }",
    }),
  });
  assertEquals(stdout, "MODULE_NOT_FOUND\n");
  assertEquals(result.missing, ["fast"]);
});

Deno.test("bundler: maps module.exports to the default export when an ES module imports CommonJS", async () => {
  const { stdout } = await bundled({
    "main.ts": 'import { helper } from "pkg"; console.log(helper());',
    ...installed({
      "package.json":
        '{"name":"pkg","version":"1.2.3","exports":{"import":"./es/index.js","require":"./pkg.js"}}',
      "pkg.js":
        'Object.defineProperty(exports, "__esModule", { value: true }); exports.helper = () => 42;',
      "es/package.json": '{"type":"module"}',
      "es/index.js": 'import pkg from "../pkg.js"; const { helper } = pkg; export { helper };',
    }),
  });
  assertEquals(stdout, "42\n");
});

Deno.test("bundler: supports ref() and unref() of timers in packages", async () => {
  const { stdout } = await bundled({
    "main.ts": 'import wait from "pkg"; console.log(await wait());',
    ...commonjs({
      "index.js": "module.exports = () => new Promise((done) => {\n" +
        "  const idle = setTimeout(() => {}, 60_000); idle.unref();\n" +
        "  const timer = setTimeout(() => { clearTimeout(timer); done('waited'); }, 1).ref();\n});",
    }),
  });
  assertEquals(stdout, "waited\n");
});

Deno.test("bundler: makes require() of native code throw an error that names the package", async () => {
  const { stdout, result } = await bundled({
    "main.ts": 'import pkg from "pkg"; console.log(pkg.reason);',
    ...commonjs({
      "index.js":
        'try { require("./build/addon.node"); } catch (error) { exports.reason = error.message; }',
      "build/addon.node": new Uint8Array(8),
    }),
  });
  assertEquals(result.nativePackages, ["pkg"]);
  assertStringIncludes(stdout, "Cannot load the native code of npm:pkg");
});

Deno.test("bundler: keeps declarations that share the names of globals apart", async () => {
  const { stdout } = await bundled({
    "main.ts": 'import { Response } from "pkg"; console.log(new Response("a").own, await new ' +
      'globalThis.Response("b").text());',
    ...installed({
      "package.json": '{"name":"pkg","version":"1.2.3","type":"module","exports":"./index.js"}',
      "index.js": "export class Response { constructor(text) { this.own = text; } }\n" +
        "export class Blob {}",
    }),
  });
  assertEquals(stdout, "a b\n");
});

Deno.test("bundler: imports JSON, text, bytes and WebAssembly", async () => {
  // (module (func (export "answer") (result i32) i32.const 42))
  const wasm = Uint8Array.fromHex(
    "0061736d010000000105016000017f030201000" + "70a0106616e7377657200000a06010400412a0b",
  );
  const { stdout } = await bundled({
    "main.ts": 'import json from "./a.json" with { type: "json" };\n' +
      'import text from "./a.txt" with { type: "text" };\n' +
      'import bytes from "./a.txt" with { type: "bytes" };\n' +
      'import { answer } from "./a.wasm";\n' +
      "console.log(json.a, text, bytes.length, answer());",
    "deno.json": '{"unstable":["raw-imports"]}',
    "a.json": '{"a": 1}',
    "a.txt": "text",
    "a.wasm": wasm,
  });
  assertEquals(stdout, "1 text 4 42\n");
});

Deno.test("bundler: bundles a Web Worker when its URL is relative to import.meta.url", async () => {
  const { stdout } = await bundled({
    "main.ts": 'const worker = new Worker(new URL("./worker.ts", import.meta.url), ' +
      '{ type: "module" });\n' +
      "worker.onmessage = ({ data }) => { console.log(data); worker.terminate(); };",
    "worker.ts": 'import { text } from "./text.ts"; self.postMessage(text satisfies string);',
    "text.ts": 'export const text: string = "from the worker";',
  });
  assertEquals(stdout, "from the worker\n");
});

Deno.test("bundler: keeps an import when its specifier is external or computed", async () => {
  const { stdout, code } = await bundled({
    "main.ts": 'import { sep } from "node:path/posix"; const name = "node:path/win32";\n' +
      "console.log(sep, (await import(name)).sep);",
  }, { external: ["node:path/posix"] });
  assertEquals(stdout, "/ \\\n");
  assertMatch(code, /from\s*"node:path\/posix"/);
});

Deno.test("bundler: shortens local names and keeps those of classes when it minifies", async () => {
  const files = {
    "main.ts": "class TheError extends Error {}\n" +
      "const someLocal = (someArgument: string) => someArgument + new TheError().constructor.name;\n" +
      'console.log(someLocal("a"), someLocal("b"));',
  };
  const [whole, small] = [await bundled(files), await bundled(files, { minify: true })];
  assertEquals([whole.stdout, small.stdout], Array(2).fill("aTheError bTheError\n"));
  assertEquals([whole, small].map(({ code }) => code.includes("someArgument")), [true, false]);
});

Deno.test("bundler: reports the bytes of each package, and writes no absolute path", async () => {
  const { result, code, project } = await bundled({
    "main.ts": 'import pkg from "pkg"; console.log(pkg);',
    ...commonjs({ "index.js": `module.exports = "${"x".repeat(1000)}".length;` }),
  });
  assertEquals(result.sizes[0]?.[0], "npm:pkg");
  assertStringIncludes(code, "pkg/index.js");
  assert(!code.includes(project) && !code.includes("../"), code);
});

Deno.test("bundler: rejects with the specifier and the place when an import cannot be resolved", async () => {
  const error = await assertRejects(
    () => bundled({ "main.ts": '\nimport "./gone.ts";' }),
    TaskRuntimeError,
  );
  assertEquals(error.code, "INVALID");
  assertMatch(error.message, /gone\.ts.*main\.ts:2:8/s);
});

Deno.test("bundler: reports why Deno cannot resolve a dynamic import", async () => {
  await assertRejects(
    () => bundled({ "main.ts": 'await import("gone");' }),
    TaskRuntimeError,
    'Cannot resolve "gone": Import "gone" not a dependency',
  );
});

Deno.test("bundler: loads a required file of any extension as JavaScript, as Node does", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...commonjs({
      "index.js": 'try { require("./page.html"); } catch (error) { exports.page = error.name; }\n' +
        'exports.values = [require("./a.es6"), require("./b.jsx"), require("./all/" + "c.js")];',
      "page.html": "<p>",
      "a.es6": "module.exports = 1",
      "b.jsx": "module.exports = 2",
      "all/c.js": "module.exports = 3",
      "all/readme.html": "<p>",
    }),
  });
  assertEquals(stdout, '{ page: "SyntaxError", values: [ 1, 2, 3 ] }\n');
});

Deno.test("bundler: embeds a file that a template names after __dirname", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...commonjs({
      "index.js": 'module.exports = require("fs").readFileSync(`${__dirname}/50%#1.txt`, "utf8");',
      "50%#1.txt": "embedded",
    }),
  });
  assertEquals(stdout, "embedded\n");
});

Deno.test("bundler: lists and streams embedded files with the options of node:fs", async () => {
  const { stdout } = await bundled({
    "main.ts": 'import read from "pkg"; console.log(await read());',
    ...commonjs({
      "index.js": 'const fs = require("fs"), path = require("path");\n' +
        'const folder = path.join(__dirname, "data");\n' +
        "module.exports = async () => {\n" +
        "  const entries = fs.readdirSync(folder, { withFileTypes: true });\n" +
        "  const names = entries.map((entry) => entry.name + (entry.isFile() ? '' : '/'));\n" +
        "  names.push(...fs.readdirSync(folder, { recursive: true }));\n" +
        "  const options = { encoding: 'utf8', start: 1, end: 2 };\n" +
        "  const file = fs.realpathSync.native(folder + '/a.txt');\n" +
        "  for await (const chunk of fs.createReadStream(file, options)) names.push(chunk);\n" +
        "  return names.join();\n};",
      "data/a.txt": "abcd",
      "data/sub/b.txt": "",
    }),
  });
  assertEquals(stdout, "a.txt,sub/,a.txt,sub,sub/b.txt,bc\n");
});

Deno.test("bundler: keeps the files of two versions of a package apart", async () => {
  const dep = (folder: string, version: string): Files => ({
    [`${folder}/dep/package.json`]: JSON.stringify({ name: "dep", version }),
    [`${folder}/dep/index.js`]:
      'module.exports = require("fs").readFileSync(__dirname + "/version.txt", "utf8");',
    [`${folder}/dep/version.txt`]: version,
  });
  const { stdout } = await bundled({
    "package.json": '{"dependencies":{"pkg":"1","dep":"2"}}',
    "main.ts": 'import inner from "pkg"; import dep from "dep"; console.log(inner, dep);',
    ...commonjs({ "index.js": 'module.exports = require("dep");' }),
    ...dep("node_modules/pkg/node_modules", "1.0.0"),
    ...dep("node_modules", "2.0.0"),
  });
  assertEquals(stdout, "1.0.0 2.0.0\n");
});

Deno.test("bundler: names the native code of a package that is required without .node", async () => {
  const { result } = await bundled({
    "main.ts": PRINT,
    ...commonjs({
      "index.js": 'try { require("./build/addon"); } catch { module.exports = 1; }',
      "build/addon.node": new Uint8Array(8),
    }),
  });
  assertEquals([result.nativePackages, result.missing], [["pkg"], []]);
});

Deno.test("bundler: gives timers to a module that starts with #! or has timers of its own", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...esModules({
      "index.js":
        '#!/usr/bin/env node\nimport own from "./own.js"; import list from "./list.cjs";\n' +
        "setTimeout(() => {}, 60_000).unref(); export default [own, list];",
      "own.js": 'import timers, { setTimeout } from "node:timers";\n' +
        "setTimeout(() => {}, 60_000).unref(); export default typeof timers;",
      "list.cjs": 'const timers = require("timers"), { setTimeout } = timers;\n' +
        "setTimeout(() => {}, 60_000).unref(); module.exports = typeof timers;",
    }),
  });
  assertEquals(stdout, '[ "object", "object" ]\n');
});

Deno.test("bundler: treats .cjs as CommonJS in a package of type module", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...esModules({
      "index.js": 'import value from "./a.cjs"; export default value;',
      "a.cjs": "setTimeout(() => {}, 60_000).unref();\n" +
        'module.exports = require("fs").readFileSync(__dirname + "/a.txt", "utf8");',
      "a.txt": "embedded",
    }),
  });
  assertEquals(stdout, "embedded\n");
});

Deno.test("bundler: embeds files above the folder of the entry module", async () => {
  const { stdout } = await bundled({
    "src/main.ts":
      'console.log(await Deno.readTextFile(new URL("../data/%23a.txt", import.meta.url)));',
    "data/#a.txt": "embedded",
  }, { entry: "src/main.ts" });
  assertEquals(stdout, "embedded\n");
});

Deno.test("bundler: keeps a string with import.meta.url valid", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...esModules({
      "index.js": 'export default ["import.meta.url", "no import.meta.url".length > 3, ' +
        'import.meta.url.startsWith("file:///")].join();',
    }),
  });
  assertEquals(stdout, "import.meta.url,true,true\n");
});

Deno.test("bundler: finds the files of an ES module in a package without type module", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...installed({
      "package.json": '{"name":"pkg","version":"1.2.3","exports":{"import":"./index.js"}}',
      "index.js": 'import { readFileSync } from "node:fs";\n' +
        'export default readFileSync(new URL("./a.txt", import.meta.url), "utf8");',
      "a.txt": "embedded",
    }),
  });
  assertEquals(stdout, "embedded\n");
});

Deno.test("bundler: bundles what an ES module requires by createRequire(import.meta.url)", async () => {
  const { stdout } = await bundled({
    "main.ts": PRINT,
    ...esModules({
      "index.js": 'import { createRequire } from "node:module";\n' +
        "const require = createRequire(import.meta.url);\n" +
        'export default require("./package.json").version + require("./a.cjs");',
      "a.cjs": 'module.exports = "a";',
    }),
  });
  assertEquals(stdout, "1.2.3a\n");
});

Deno.test("bundler: bundles workers named by href and by import.meta.resolve(), with their files", async () => {
  const { stdout, code } = await bundled({
    "main.ts": "const workers = [\n" +
      '  new Worker(new URL("./worker.ts", import.meta.url).href, { type: "module" }),\n' +
      '  new Worker(import.meta.resolve("./worker.ts"), { type: "module" }),\n];\n' +
      "for (const worker of workers) {\n" +
      "  worker.onmessage = ({ data }) => { console.log(data); worker.terminate(); };\n}",
    "worker.ts":
      'self.postMessage(await Deno.readTextFile(new URL("./my%20file.txt", import.meta.url)));',
    "my file.txt": "embedded",
  });
  assertEquals(stdout, "embedded\nembedded\n");
  assertEquals(code.match(/data:text\/javascript;base64,/g)?.length, 2);
});

Deno.test("bundler: imports data: URLs, and what a WebAssembly module imports", async () => {
  // (module (import "./lib.js" "f" (func (result i32))) (func (export "run") (result i32) call 0))
  const wasm = Uint8Array.fromHex(
    "0061736d010000000105016000017f020e01082e2f6c69622e6a730166000003020100" +
      "07070103" + "72756e00010a0601040010000b",
  );
  const { stdout } = await bundled({
    "main.ts": 'import five from "data:text/javascript,export default 5";\n' +
      'import { run } from "./a.wasm"; console.log(five, run());',
    "lib.js": "export const f = () => 7;",
    "a.wasm": wasm,
  });
  assertEquals(stdout, "5 7\n");
});

Deno.test("NpmLinks: links aliases, and the version that a package requires by name", async () => {
  await using folder = await TemporaryFolder.create();
  const dependencies = ["5.1.2", "4.2.3"].map((version): NpmPackage => ({
    id: `width@${version}`,
    name: "width",
    version,
    dependencies: [],
    folder: folder.join(version),
  }));
  const pkg: NpmPackage = {
    id: "pkg@1.0.0",
    name: "pkg",
    version: "1.0.0",
    dependencies: dependencies.map(({ id }) => id),
    folder: folder.join("pkg"),
  };
  for (const each of [pkg, ...dependencies]) {
    await Deno.mkdir(each.folder);
    await Deno.writeTextFile(
      `${each.folder}/package.json`,
      JSON.stringify({
        version: each.version,
        dependencies: { width: "^5.1.2", "width-cjs": "npm:width@^4.2.0" },
      }),
    );
  }
  const graph = { packageById: (id: string) => dependencies.find((each) => each.id === id) };
  await using links = new NpmLinks(graph, await Deno.makeTempDir());
  const modules = `${await links.folderFor(pkg)}/node_modules`;
  const versions = ["pkg", "width", "width-cjs"].map(async (name) => {
    return JSON.parse(await Deno.readTextFile(`${modules}/${name}/package.json`)).version;
  });
  assertEquals(await Promise.all(versions), ["1.0.0", "5.1.2", "4.2.3"]);
});
