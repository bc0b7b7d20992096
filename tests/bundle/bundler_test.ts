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

/** Bundles `main.ts` of a project with these files, removes the project, and runs the bundle. */
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
  const entry = project.join("main.ts");
  const result = await bundleCode(deno, output, { entry, sourceMap: false, ...options });
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
