// Holds the pages for people against the project: links, files, commands, settings, messages.

import { assert, assertEquals } from "@std/assert";
import { type TaskContext, TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
import { runTask } from "@airflow-deno/task-runtime/testing";
import { TemporaryFolder } from "../src/bundle/output_file.ts";
import { COMMANDS } from "../src/cli/command.ts";
import { cliCommand } from "./cli/cli_command.ts";
import { ROOT } from "./cli/packed.ts";

/** The pages, by path. */
const PAGES: ReadonlyMap<string, string> = new Map(
  [...pagePaths()].map((path) => [path, Deno.readTextFileSync(`${ROOT}/${path}`)]),
);
/** Programs that the shell blocks start, other than this project's. */
const PROGRAMS = new Set(
  ("airflow cat cd checkout=$PWD curl deno docker done export git install kill ls setsid " +
    "sha256sum until").split(" "),
);

function* pagePaths(): Generator<string> {
  for (const path of ["README.md", "CONTRIBUTING.md", "SECURITY.md", "examples/README.md"]) {
    yield path;
  }
  yield "tests/bench/README.md";
  for (const folder of ["docs", "docs/adr"]) {
    for (const { name } of Deno.readDirSync(`${ROOT}/${folder}`)) {
      if (name.endsWith(".md")) yield `${folder}/${name}`;
    }
  }
}

/** A block of code in a page. */
interface Block {
  readonly page: string;
  /** The text after the fence, e.g. `sh run`. */
  readonly info: string;
  readonly text: string;
}

function blocks(wanted: (info: string) => boolean): Block[] {
  return [...PAGES].flatMap(([page, text]) =>
    Array.from(
      text.matchAll(/^```(\S.*)\n([^]*?)^```$/gm),
      ([, info = "", text = ""]) => ({ page, info, text }),
    ).filter(({ info }) => wanted(info))
  );
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[^]*?^```$/gm, "");
}

/** Returns GitHub's anchor of a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\- _]/gu, "").replaceAll(" ", "-");
}

function anchorsOf(page: string): string[] {
  return Array.from(page.matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => anchorOf(heading));
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(`${ROOT}/${path}`);
    return true;
  } catch {
    return false;
  }
}

/** The path of a relative link of a page, from the root. */
function resolve(page: string, link: string): string {
  return new URL(link, `file:///${page}`).pathname.slice(1);
}

Deno.test("pages: link to files and headings that exist", () => {
  const broken: string[] = [];
  for (const [page, text] of PAGES) {
    for (const [, link = ""] of withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:|^\.\.\/\.\.\/actions\//.test(link)) continue;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : resolve(page, path);
      const found = PAGES.get(target) ??
        (anchor !== undefined && target.endsWith(".md")
          ? Deno.readTextFileSync(`${ROOT}/${target}`)
          : "");
      if (!isThere(target)) broken.push(`${page}: ${link}`);
      else if (anchor !== undefined && !anchorsOf(found).includes(anchor)) {
        broken.push(`${page}: ${link}`);
      }
    }
  }
  assertEquals(broken, []);
});

Deno.test("pages: name files of the repository that exist", () => {
  const missing: string[] = [];
  for (const [page, text] of PAGES) {
    for (const [, code = ""] of withoutBlocks(text).matchAll(/`([^`\n]+)`/g)) {
      const [path = ""] = code.split(" ");
      if (!/^(?:src|docs|tests|scripts|examples)\/[\w./-]*$/.test(path)) continue;
      if (!isThere(path)) missing.push(`${page}: ${path}`);
    }
  }
  assertEquals(missing, []);
});

Deno.test("pages: are all reached from README.md", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) {
    for (const [, link = ""] of (PAGES.get(page) ?? "").matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      const target = link.startsWith("https:") ? "" : resolve(page, link);
      if (PAGES.has(target)) reached.add(target);
      if (PAGES.has(`${target}/README.md`)) reached.add(`${target}/README.md`);
    }
  }
  assertEquals([...PAGES.keys()].filter((page) => !reached.has(page)), []);
});

Deno.test("examples/README.md: lists every example and its tests", () => {
  const page = PAGES.get("examples/README.md") ?? "";
  const missing: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}/examples`)) {
    if (!isDirectory) continue;
    for (const file of [`${name}/main.ts`, `${name}/main_test.ts`]) {
      if (isThere(`examples/${file}`) && !page.includes(`](${file})`)) missing.push(file);
    }
  }
  assertEquals(missing, []);
});

/** Returns the commands in the shell blocks and the text of a page. */
function commandLines(): { page: string; line: string }[] {
  const lines: { page: string; line: string }[] = [];
  for (const { page, text } of blocks((info) => /^sh\b/.test(info))) {
    for (const line of text.replaceAll("\\\n", " ").split("\n")) lines.push({ page, line });
  }
  for (const [page, text] of PAGES) {
    for (const [, code = ""] of withoutBlocks(text).matchAll(/`([^`]+)`/g)) {
      if (/^(?:airflow-task-runtime|dev|pack|replay|init|stubs|check|inspect|doctor) /.test(code)) {
        const line = code.replaceAll("\n", " ");
        lines.push({
          page,
          line: line.replace(/^(?!airflow-task-runtime )/, "airflow-task-runtime "),
        });
      }
    }
  }
  return lines;
}

Deno.test("pages: use commands and options that the command line has", async () => {
  const wrong: string[] = [];
  let checked = 0;
  for (const { page, line } of commandLines()) {
    const [, rest] =
      /(?:^|[\s/])(?:airflow-task-runtime|task-runtime\/cli) ([^#|;&>]*)/.exec(line) ??
        [];
    const [name = "", ...words] = rest?.trim().split(/\s+/) ?? [];
    if (rest === undefined || !/^[a-z]+$/.test(name)) continue;
    checked++;
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) {
      wrong.push(`${page}: ${name}`);
      continue;
    }
    const known = (await load()).line.options.map((option) => `--${option.name}`);
    for (const [flag] of rest.matchAll(/(?<!=)--[a-z][a-z-]*/g)) {
      if (flag !== "--help" && !known.includes(flag)) wrong.push(`${page}: ${name} ${flag}`);
    }
    for (const file of words.filter((word) => word.startsWith("examples/"))) {
      if (!isThere(file)) wrong.push(`${page}: ${file}`);
    }
  }
  assertEquals(wrong, []);
  assert(checked > 20, `only ${checked} commands found`);
});

Deno.test("pages: start programs in shell blocks that exist", () => {
  const unknown: string[] = [];
  for (const { page, text } of blocks((info) => info === "sh")) {
    for (const line of text.replaceAll(/\\\n/g, " ").split("\n")) {
      const [word = ""] = line.replace(/#.*/, "").trim().split(" ");
      const program = word.replace(/^"\$checkout\/(.*)"$/, "$1").replace(/^\.tools\/bin\//, "");
      if (program === "" || PROGRAMS.has(program)) continue;
      if (/(?:^|\/)airflow-task-runtime$/.test(program)) continue;
      if (/^(?:scripts)\//.test(program) && isThere(program)) continue;
      unknown.push(`${page}: ${line}`);
    }
  }
  assertEquals(unknown, []);
});

Deno.test("pages: use tasks and options of the scripts that exist", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  const own = await Deno.readTextFile(`${ROOT}/src/scaffold/project_files.ts`);
  const wrong: string[] = [];
  for (const { page, line } of commandLines()) {
    const [, task = ""] = /deno task ([\w:]+)/.exec(line) ?? [];
    if (task !== "" && !Object.hasOwn(tasks, task) && !own.includes(`  ${task}: `)) {
      wrong.push(`${page}: deno task ${task}`);
    }
    const script = task === "bench" ? task : /scripts\/(\w+)/.exec(line)?.[1];
    if (script === undefined) continue;
    const files = [`scripts/${script}`, `scripts/${script}.ts`, "scripts/gate.ts"].filter(isThere);
    const texts = await Promise.all(files.map((file) => Deno.readTextFile(`${ROOT}/${file}`)));
    if (script === "bench") texts.push(...await sources("tests/bench"));
    for (const [flag = ""] of line.replace(/#.*/, "").matchAll(/--[a-z][a-z-]*/g)) {
      const name = script === "bench" ? flag.slice(2) : flag;
      if (!texts.some((text) => text.includes(name))) wrong.push(`${page}: ${line}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("pages: have settings for Airflow that it can parse", () => {
  for (const { text } of blocks((info) => info === "ini")) {
    for (const line of text.split("\n").filter((line) => line.includes("="))) {
      JSON.parse(line.slice(line.indexOf("=") + 1));
    }
  }
  for (const { text } of blocks((info) => info === "json")) JSON.parse(text);
});

Deno.test({
  name: "pages: have Python that parses",
  ignore: !await new Deno.Command("python3", { args: ["--version"] }).output()
    .then(({ success }) => success, () => false),
  async fn() {
    const modules = blocks((info) => info === "py").map(({ text }) => text);
    assert(modules.length > 0);
    const { success, stderr } = await new Deno.Command("python3", {
      args: ["-c", "import ast, sys\nfor text in sys.argv[1:]: ast.parse(text)", ...modules],
    }).output();
    assert(success, new TextDecoder().decode(stderr));
  },
});

Deno.test("pages: mark every block with a language that is checked", () => {
  const known = ["sh", "sh run", "ts", "py", "ini", "json", "mermaid"];
  const others = blocks((info) => !known.includes(info)).map(({ page, info }) =>
    `${page}: ${info}`
  );
  assertEquals(others, []);
});

Deno.test("pages: have shell blocks marked `run` that succeed in a new project", async (t) => {
  const marked = blocks((info) => info === "sh run");
  assert(marked.length > 0);
  await using folder = await TemporaryFolder.create();
  const bin = `${folder.path}/bin`;
  await Deno.mkdir(bin);
  const words = cliCommand().map((word) => `'${word}'`).join(" ");
  await Deno.writeTextFile(`${bin}/airflow-task-runtime`, `#!/bin/sh\nexec ${words} "$@"\n`, {
    mode: 0o755,
  });
  const run = async (script: string, cwd: string): Promise<void> => {
    const { success, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-euc", script],
      cwd,
      env: { PATH: `${bin}:${Deno.env.get("PATH")}`, DENO: Deno.execPath() },
    }).output();
    const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(success, `${script}\n${output}`);
  };
  await run(`airflow-task-runtime init --module '${ROOT}' hello`, folder.path);
  for (const [i, { page, text }] of marked.entries()) {
    await t.step(`${page}, block ${i + 1}`, () => run(text, `${folder.path}/hello`));
  }
});

/** Returns the cells of each row of those tables whose first heading is `heading`. */
function tableRows(page: string, heading: string): string[][] {
  const rows: string[][] = [];
  let isWanted = false;
  for (const line of (PAGES.get(page) ?? "").split("\n")) {
    if (!line.startsWith("|")) {
      isWanted = false;
      continue;
    }
    const cells = line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim());
    if (cells[0] === heading) isWanted = true;
    else if (isWanted && !/^-+$/.test(cells[0] ?? "")) rows.push(cells);
  }
  return rows;
}

async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}/${folder}`)) {
    if (isDirectory) found.push(...await sources(`${folder}/${name}`));
    else if (name.endsWith(".ts")) {
      const text = await Deno.readTextFile(`${ROOT}/${folder}/${name}`);
      // A message may be continued on the next line, and quotes be escaped in it.
      found.push(
        text.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, "").replaceAll(/["'`] \+\s+["'`]/g, "")
          .replaceAll(/\\(["'`])/g, "$1"),
      );
    }
  }
  return found;
}

Deno.test("troubleshooting.md: quotes messages that the sources produce", async () => {
  const files = await sources("src");
  const messages = tableRows("docs/troubleshooting.md", "message").map(([cell = ""]) => cell);
  assert(messages.length >= 25, `only ${messages.length} messages`);
  const unknown = messages.filter((cell) => {
    const message = cell.replace(/^`+ ?|`+$/g, "").replaceAll("\\|", "|");
    const parts = message.split("…").map((part) => part.trim()).filter((part) => part.length > 3);
    return parts.length === 0 ||
      !files.some((text) => parts.every((part) => text.includes(part)));
  });
  assertEquals(unknown, []);
});

/** A read of a value that does not exist, and the same read with a default of 1. */
interface MissingRead {
  readonly read: (ctx: TaskContext) => Promise<unknown>;
  readonly withDefault?: (ctx: TaskContext) => Promise<unknown>;
}

/** The reads of each row of the table in docs/tasks.md. */
const MISSING: readonly (readonly MissingRead[])[] = [
  [{
    read: (ctx) => ctx.connections.get("none"),
    withDefault: (ctx) => ctx.connections.get("none", { default: 1 }),
  }],
  [{
    read: (ctx) => ctx.variables.get("none"),
    withDefault: (ctx) => ctx.variables.get("none", { default: 1 }),
  }, {
    read: (ctx) => ctx.variables.getJson("none"),
    withDefault: (ctx) => ctx.variables.getJson("none", { default: 1 }),
  }],
  [{
    read: (ctx) => ctx.xcoms.item("none", 0),
    withDefault: (ctx) => ctx.xcoms.item("none", 0, { default: 1 }),
  }],
  [{
    read: (ctx) => ctx.xcoms.pull("none"),
    withDefault: (ctx) => ctx.xcoms.pull("none", { default: 1 }),
  }],
  [{
    read: (ctx) => ctx.state.get("none"),
    withDefault: (ctx) => ctx.state.get("none", { default: 1 }),
  }, {
    read: (ctx) => ctx.assets.get("none").state.get("none"),
    withDefault: (ctx) => ctx.assets.get("none").state.get("none", { default: 1 }),
  }],
  [{ read: (ctx) => ctx.dagRuns.previous() }, { read: (ctx) => ctx.tasks.previous() }],
  [
    { read: (ctx) => ctx.dagRuns.get("none", "none") },
    { read: (ctx) => ctx.dags.get("none") },
    { read: (ctx) => ctx.assets.get("none").read() },
  ],
];

/** Describes the result of a read as the table does. */
async function outcome(read: Promise<unknown>): Promise<string> {
  try {
    const value = await read;
    return value === 1 ? "`x`" : `\`${value}\``;
  } catch (error) {
    if (error instanceof TaskRuntimeError) return `throws \`${error.code}\``;
    throw error;
  }
}

Deno.test("tasks.md: states what reads of missing values return", async () => {
  const found: string[][] = [];
  const task = new TaskHandler("docs", "reads", async (_args, ctx) => {
    for (const reads of MISSING) {
      const missing = new Set<string>();
      const withDefault = new Set<string>();
      for (const each of reads) {
        missing.add(await outcome(each.read(ctx)));
        withDefault.add(each.withDefault === undefined ? "" : await outcome(each.withDefault(ctx)));
      }
      found.push([[...missing].join(" or "), [...withDefault].join(" or ")]);
    }
  });
  assertEquals((await runTask(task)).state, "success");
  assertEquals(tableRows("docs/tasks.md", "read").map(([, ...cells]) => cells), found);
});

Deno.test("pages: name members of the context that exist", async () => {
  const named = new Set(
    [...PAGES.values()].flatMap((text) =>
      Array.from(
        withoutBlocks(text).matchAll(/\bctx\.[a-zA-Z]+(?:\.[a-zA-Z]+)?/g),
        ([path]) => path,
      )
    ),
  );
  const missing: string[] = [];
  const task = new TaskHandler("docs", "members", (_args, ctx) => {
    for (const path of named) {
      const [, name = "", member] = path.split(".");
      const value: unknown = Reflect.get(ctx, name);
      const found = member === undefined ? value : Reflect.get(Object(value), member);
      if (found === undefined) missing.push(path);
    }
  });
  assertEquals((await runTask(task)).state, "success");
  assertEquals(missing, []);
  assert(named.size > 10);
});

Deno.test("performance.md: has the figures of RESULTS.md in its tables", async () => {
  const results = await Deno.readTextFile(`${ROOT}/tests/bench/RESULTS.md`);
  const rows = (PAGES.get("docs/performance.md") ?? "").split("\n")
    .filter((line) => line.startsWith("|"));
  const unknown = rows.flatMap((row) => row.match(/(?<![\d.,])\d+(?:[.,]\d+)*/g) ?? [])
    .filter((figure) => !results.includes(figure) && !results.includes(figure.replaceAll(",", "")));
  assertEquals(unknown, []);
  assert(rows.length > 10);
});
