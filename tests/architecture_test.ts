/**
 * Tests of the architecture: dependencies point one way and form no cycle, folders and files stay
 * small, a name has one meaning, a helper exists once.
 *
 * @module
 */
import { assertEquals, assertGreater, assertLess } from "@std/assert";

const SOURCE = new URL("../src/", import.meta.url);
const MAX_LINES = 500;
const MAX_FILES = 25;
/** The folders that each folder may import from, in addition to itself and the files of src. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  protocol: ["wire"],
  supervisor: ["protocol", "wire"],
  sdk: ["protocol"],
  runtime: ["sdk", "supervisor", "protocol", "wire"],
  bundle: ["runtime"],
  python_dag: ["bundle"],
  scaffold: ["python_dag", "bundle"],
  doctor: ["bundle", "python_dag"],
  local: ["protocol", "wire"],
  object_store: [],
  testing: ["local", "sdk", "runtime", "supervisor", "protocol", "wire"],
  cli: [
    "runtime",
    "bundle",
    "python_dag",
    "scaffold",
    "doctor",
    "local",
    "sdk",
    "supervisor",
    "protocol",
    "wire",
  ],
};
/** Pairs of folders between which only types may be imported. */
const TYPES_ONLY = new Set(["sdk → protocol"]);
/** The entry point that imports the module by its name, as authors' code does. */
const IMPORTS_MODULE = "object_store/task_runtime.ts imports @airflow-deno/task-runtime";
/** The packages that src may import. */
const PACKAGES = /^(?:@std\/(?:cli\/parse-args|log)(?:\/|$)|aws4fetch$|yaml$|npm:esbuild@|node:)/;

interface Module {
  /** Relative to src, e.g. `wire/frame.ts`. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
}

async function modules(folder: URL = SOURCE): Promise<Module[]> {
  const found: Module[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const url = new URL(entry.isDirectory ? `${entry.name}/` : entry.name, folder);
    if (entry.isDirectory) found.push(...await modules(url));
    else if (entry.name.endsWith(".ts")) {
      const path = url.pathname.slice(SOURCE.pathname.length);
      found.push({ path, text: await Deno.readTextFile(url) });
    }
  }
  return found.toSorted((a, b) => a.path.localeCompare(b.path));
}

const STATEMENT =
  /^(?:import|export)\s+(type\s+)?(?:([\w$*{][^;"']*?)\s+from\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"']+)["']/g;

/** The module's text without comments, since their examples contain imports. */
function code(text: string): string {
  return text.replaceAll(/\/\*.*?\*\//gs, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

function importsOf({ text }: Module): Import[] {
  const source = code(text);
  const statements = source.matchAll(STATEMENT).map(([, type, names = "", specifier = ""]) => ({
    specifier,
    typesOnly: type !== undefined || onlyTypes(names),
  }));
  const dynamic = source.matchAll(DYNAMIC).map(([, specifier = ""]) => ({
    specifier,
    typesOnly: false,
  }));
  return [...statements, ...dynamic];
}

/** The relative specifiers that are loaded together with the module. */
function staticImportsOf({ text }: Module): string[] {
  return code(text).matchAll(STATEMENT)
    .filter(([, type, names = ""]) => type === undefined && !onlyTypes(names))
    .map(([, , , specifier = ""]) => specifier)
    .filter((specifier) => specifier.startsWith(".")).toArray();
}

/** True if each name in the braces is marked as a type. */
function onlyTypes(names: string): boolean {
  const list = /^\{(.*)\}$/s.exec(names.trim())?.[1];
  const each = list?.split(",").map((name) => name.trim()).filter((name) => name !== "") ?? [];
  return each.length > 0 && each.every((name) => name.startsWith("type "));
}

function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

/** Describes why the import is not allowed; undefined if it is. */
function fault({ path }: Module, { specifier, typesOnly }: Import): string | undefined {
  if (!specifier.startsWith(".")) {
    const found = `${path} imports ${specifier}`;
    return PACKAGES.test(specifier) || found === IMPORTS_MODULE ? undefined : found;
  }
  const target = new URL(specifier, new URL(path, SOURCE)).pathname;
  if (!target.startsWith(SOURCE.pathname)) return `${path} imports ${specifier}, outside of src`;
  const [from, to] = [folderOf(path), folderOf(target.slice(SOURCE.pathname.length))];
  if (to === "" || from === to) return undefined;
  if (MAY_USE[from]?.includes(to) !== true) return `${path} imports ${specifier}: ${from} → ${to}`;
  if (!typesOnly && TYPES_ONLY.has(`${from} → ${to}`)) {
    return `${path} imports more than types from ${specifier}: ${from} → ${to}`;
  }
  return undefined;
}

Deno.test("src: each folder imports only from the folders below it", async () => {
  const all = await modules();
  assertGreater(all.length, 0);
  const faults = all.flatMap((module) =>
    importsOf(module).map((each) => fault(module, each)).filter((each) => each !== undefined)
  );
  assertEquals(faults, []);
});

Deno.test("cli/main.ts: loads few files, and commands only on demand", async () => {
  const all = await modules();
  const loaded = new Set<string>();
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const module = all.find((each) => each.path === path);
    for (const specifier of module === undefined ? [] : staticImportsOf(module)) {
      load(new URL(specifier, new URL(path, SOURCE)).pathname.slice(SOURCE.pathname.length));
    }
  };
  load("cli/main.ts");
  assertLess(loaded.size, 18);
  assertEquals([...loaded].filter((path) => /^(bundle|local|sdk|protocol|wire)\//.test(path)), []);
});

Deno.test("src: has only the folders of the plan", async () => {
  const folders = new Set((await modules()).map(({ path }) => folderOf(path)));
  assertEquals([...folders].filter((each) => each !== "" && !Object.hasOwn(MAY_USE, each)), []);
});

Deno.test(`src: no file except generated ones has more than ${MAX_LINES} lines`, async () => {
  const long = (await modules())
    .filter(({ path }) => !/(?:^|\/)generated\w*\.ts$/.test(path))
    .map(({ path, text }) => `${path}: ${text.trimEnd().split("\n").length}`)
    .filter((each) => Number(each.slice(each.lastIndexOf(" "))) > MAX_LINES);
  assertEquals(long, []);
});

/** The path of the file in src that the import names; undefined for packages and data. */
function targetOf({ path }: Module, { specifier }: Import): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, new URL(path, SOURCE)).pathname.slice(SOURCE.pathname.length);
}

/** The groups of files that import each other, directly or through others (Tarjan's algorithm). */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const [order, low] = [new Map<string, number>(), new Map<string, number>()];
  const [stack, cycles]: [string[], string[][]] = [[], []];
  const visit = (file: string): number => {
    order.set(file, order.size);
    let lowest = order.size - 1;
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) lowest = Math.min(lowest, visit(target));
      else if (stack.includes(target)) lowest = Math.min(lowest, order.get(target) ?? 0);
    }
    low.set(file, lowest);
    if (lowest === order.get(file)) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file) === true) cycles.push(group);
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

Deno.test("src: has no import cycle, types included", async () => {
  const all = await modules();
  const paths = new Set(all.map(({ path }) => path));
  const graph = new Map(all.map((module) => [
    module.path,
    importsOf(module).map((each) => targetOf(module, each) ?? "").filter((each) => paths.has(each)),
  ]));
  assertEquals(cyclesOf(graph).map((group) => group.toSorted().join(" ")), []);
});

Deno.test(`src: no folder has more than ${MAX_FILES} files`, async () => {
  const folders = Map.groupBy(
    await modules(),
    ({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("/"))),
  );
  const full = folders.entries().filter(([, files]) => files.length > MAX_FILES)
    .map(([folder, files]) => `${folder}: ${files.length}`).toArray();
  assertEquals(full, []);
});

const EXPORTED =
  /^export (?:abstract )?(?:async )?(?:function\*?|class|interface|type|const) (\w+)\b/gm;
const FUNCTION = /^(?:export )?(?:async )?function\*? (\w+).*?^}/gms;

/** The places of each text that more than one file has. */
function repeated(texts: Iterable<readonly [text: string, path: string]>): string[] {
  const places = Map.groupBy(texts, ([text]) => text);
  return places.entries()
    .map(([text, found]) => [text, [...new Set(found.map(([, path]) => path))]] as const)
    .filter(([, paths]) => paths.length > 1)
    .map(([text, paths]) => `${text}: ${paths.toSorted().join(" ")}`).toArray().toSorted();
}

Deno.test("src: an exported name has one meaning", async () => {
  const declared = (await modules()).filter(({ path }) => !/generated\w*\.ts$/.test(path))
    .flatMap(({ path, text }) =>
      code(text).matchAll(EXPORTED).map(([, name = ""]) => [name, path] as const).toArray()
    );
  assertGreater(declared.length, 500);
  assertEquals(repeated(declared), []);
});

Deno.test("src: a helper function exists once", async () => {
  const functions = (await modules()).flatMap(({ path, text }) =>
    code(text).matchAll(FUNCTION)
      // The same body under another name is the same helper.
      .map(([found]) => [found.replace(/^.*?(?=\()/s, "").replaceAll(/\s+/g, " "), path] as const)
      .toArray()
  );
  assertGreater(functions.length, 500);
  assertEquals(repeated(functions), []);
});

Deno.test("src: has no default exports", async () => {
  const found = (await modules()).filter(({ text }) => /^export default\b/m.test(code(text)));
  assertEquals(found.map(({ path }) => path), []);
});

Deno.test("imports: are found in each form of import and export", () => {
  const text =
    'import type { A } from "../wire/a.ts";\nimport { type B } from "../protocol/b.ts";\n' +
    'export * from "./c.ts";\nimport {\n  d,\n} from "../cli/d.ts";\n/** import "no.ts" */\n' +
    'const e = await import("../sdk/e.ts");\n';
  const module = { path: "sdk/x.ts", text };
  assertEquals(importsOf(module), [
    { specifier: "../wire/a.ts", typesOnly: true },
    { specifier: "../protocol/b.ts", typesOnly: true },
    { specifier: "./c.ts", typesOnly: false },
    { specifier: "../cli/d.ts", typesOnly: false },
    { specifier: "../sdk/e.ts", typesOnly: false },
  ]);
  assertEquals(importsOf(module).map((each) => fault(module, each)), [
    "sdk/x.ts imports ../wire/a.ts: sdk → wire",
    undefined,
    undefined,
    "sdk/x.ts imports ../cli/d.ts: sdk → cli",
    undefined,
  ]);
});
