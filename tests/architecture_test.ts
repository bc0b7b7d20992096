/**
 * Keeps the order of the rooms: dependencies point one way, files stay small, exports have names.
 *
 * @module
 */
import { assertEquals, assertGreater, assertLess } from "@std/assert";

const SOURCE = new URL("../src/", import.meta.url);
const MAX_LINES = 320;

/** What each room may import from, beside itself and src/error.ts. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  protocol: ["wire"],
  supervisor: ["protocol", "wire"],
  sdk: ["protocol"],
  runtime: ["sdk", "supervisor", "protocol", "wire"],
  bundle: ["runtime"],
  python_dag: ["bundle"],
  scaffold: ["python_dag", "bundle"],
  doctor: ["bundle"],
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
/** Between these, types only. */
const TYPES_ONLY = new Set(["sdk → protocol"]);
/** The door that is tied to the module as authors' code is. */
const TIED_DOOR = "object_store/task_runtime.ts imports @airflow-deno/task-runtime";
/** What may come from outside the tree. */
const PACKAGES = /^(?:@std\/(?:cli\/parse-args|log|msgpack)(?:\/|$)|aws4fetch$|yaml$|node:)/;

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

/** The module's text without its comments, whose examples import as well. */
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

/** The specifiers of modules in src that are loaded with the module. */
function staticImportsOf({ text }: Module): string[] {
  return code(text).matchAll(STATEMENT)
    .filter(([, type, names = ""]) => type === undefined && !onlyTypes(names))
    .map(([, , , specifier = ""]) => specifier)
    .filter((specifier) => specifier.startsWith(".")).toArray();
}

/** Whether every name in the braces is marked as a type. */
function onlyTypes(names: string): boolean {
  const list = /^\{(.*)\}$/s.exec(names.trim())?.[1];
  const each = list?.split(",").map((name) => name.trim()).filter((name) => name !== "") ?? [];
  return each.length > 0 && each.every((name) => name.startsWith("type "));
}

function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

/** What is wrong with the import, or undefined. */
function complaint({ path }: Module, { specifier, typesOnly }: Import): string | undefined {
  if (!specifier.startsWith(".")) {
    const found = `${path} imports ${specifier}`;
    return PACKAGES.test(specifier) || found === TIED_DOOR ? undefined : found;
  }
  const target = new URL(specifier, new URL(path, SOURCE)).pathname;
  if (!target.startsWith(SOURCE.pathname)) return `${path} imports ${specifier}, outside of src`;
  const [from, to] = [roomOf(path), roomOf(target.slice(SOURCE.pathname.length))];
  if (to === "" || from === to) return undefined;
  if (MAY_USE[from]?.includes(to) !== true) return `${path} imports ${specifier}: ${from} → ${to}`;
  if (!typesOnly && TYPES_ONLY.has(`${from} → ${to}`)) {
    return `${path} imports more than types from ${specifier}: ${from} → ${to}`;
  }
  return undefined;
}

Deno.test("src depends one way: each room only on those below it", async () => {
  const all = await modules();
  assertGreater(all.length, 0);
  const complaints = all.flatMap((module) =>
    importsOf(module).map((each) => complaint(module, each)).filter((each) => each !== undefined)
  );
  assertEquals(complaints, []);
});

Deno.test("the binary's entry loads commands only on demand, and a launch loads few files", async () => {
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

Deno.test("src has no rooms but those of the plan", async () => {
  const rooms = new Set((await modules()).map(({ path }) => roomOf(path)));
  assertEquals([...rooms].filter((room) => room !== "" && !Object.hasOwn(MAY_USE, room)), []);
});

Deno.test(`src has no file of more than ${MAX_LINES} lines, but generated ones`, async () => {
  const long = (await modules())
    .filter(({ path }) => !/(?:^|\/)generated\w*\.ts$/.test(path))
    .map(({ path, text }) => `${path}: ${text.trimEnd().split("\n").length}`)
    .filter((each) => Number(each.slice(each.lastIndexOf(" "))) > MAX_LINES);
  assertEquals(long, []);
});

Deno.test("src has no default exports", async () => {
  const found = (await modules()).filter(({ text }) => /^export default\b/m.test(code(text)));
  assertEquals(found.map(({ path }) => path), []);
});

Deno.test("the rules of this test see what they must see", () => {
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
  assertEquals(importsOf(module).map((each) => complaint(module, each)), [
    "sdk/x.ts imports ../wire/a.ts: sdk → wire",
    undefined,
    undefined,
    "sdk/x.ts imports ../cli/d.ts: sdk → cli",
    undefined,
  ]);
});
