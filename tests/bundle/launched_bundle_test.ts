/** Launches packed bundles by `deno` and by the runtime binary. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { pack } from "../../src/bundle/pack.ts";
import { configArgs } from "../author_command.ts";
import { runTask } from "../runtime/run_task.ts";
import { isQuick } from "../thoroughness.ts";

const CONFIG = configArgs().find((arg) => !arg.startsWith("--"));
const HEAD = 'import { Bundle, TaskHandler } from "@airflow-deno/task-runtime";\n';
const SERVE = 'await new Bundle().register(new TaskHandler("runtime", "works", work)).serve();\n';

/** The programs that a bundle's first line may find. */
const RUNTIMES: [name: string, path: string][] = [["deno", Deno.execPath()]];
const binary = Deno.env.get("CLI_BINARY");
if (binary !== undefined) RUNTIMES.push(["the binary", binary]);

/** The modules of each bundle by name; main.ts is the entry. */
const BUNDLES = {
  works: {
    "main.ts": HEAD + 'const work = () => { console.log("at work"); return 42; };\n' + SERVE,
  },
  throws: {
    "package.ts": 'if (Deno.args.length > 1) throw new RangeError("no driver here");\n',
    "main.ts": 'import "./package.ts";\n' + HEAD + "const work = () => {};\n" + SERVE,
  },
  neverServes: {
    "main.ts": HEAD + "const work = () => {};\n" +
      'if (Deno.args.includes("--airflow-metadata")) {\n' + SERVE + "}\n",
  },
  searches: {
    "package.ts": `
const found: string[] = [];
for (const key of Reflect.ownKeys(globalThis)) {
  if (String(key).includes("airflow")) found.push(String(key));
}
export { found };
`,
    "main.ts": 'import { found } from "./package.ts";\n' + HEAD + "const work = () => found;\n" +
      SERVE,
  },
  named: {
    "main.ts": HEAD + "class Job {}\nconst work = () => new Job().constructor.name;\n" + SERVE,
  },
  sameNames: {
    "other.ts": "class Job {}\nexport const other = () => Job.name;\n",
    "main.ts": 'import { other } from "./other.ts";\n' + HEAD +
      "class Job { static make() { return new Job(); } }\n" +
      "const work = () => [Job.make().constructor.name, other()];\n" + SERVE,
  },
  loads: {
    ...Object.fromEntries(["first", "second", "third"].map((id) => [
      `${id}.ts`,
      'import { Dag } from "@airflow-deno/task-runtime";\n' +
      `console.log("loads ${id}");\nexport const dag = new Dag("${id}");\n` +
      'dag.task("works", () => dag.dagId)();\n',
    ])),
    "main.ts": HEAD.replace("TaskHandler", "Dag") +
      `const made = () => {
  console.log("loads made");
  const id = Deno.args.includes("--airflow-metadata") ? "packed" : "launched";
  const dag = new Dag(id);
  dag.task("works", () => id)();
  return dag;
};
await new Bundle().register(
  () => import("./first.ts"),
  () => import("./second.ts"),
  () => import("./third.ts"),
  made,
).serve();
`,
  },
  fails: {
    "main.ts": HEAD + 'const work = () => {\n  throw new RangeError("here");\n};\n' + SERVE,
  },
};

let folder: TemporaryFolder;
const packed = (name: keyof typeof BUNDLES): string => folder.join(`${name}/bundle`);

Deno.test.beforeAll(async () => {
  folder = await TemporaryFolder.create();
  for (const [name, modules] of Object.entries(BUNDLES)) {
    if (name === "fails" && isQuick) continue;
    await Deno.mkdir(folder.join(name));
    for (const [file, text] of Object.entries(modules)) {
      await Deno.writeTextFile(folder.join(`${name}/${file}`), text);
    }
    const entry = folder.join(`${name}/main.ts`);
    await pack({ entry, out: folder.join(`${name}/bundle`), config: CONFIG });
  }
});

Deno.test.afterAll(() => folder[Symbol.asyncDispose]());

for (const [name, runtime] of RUNTIMES) {
  const env = { AIRFLOW_TASK_RUNTIME: runtime };
  const run = (bundle: keyof typeof BUNDLES, dagId = "runtime") =>
    runTask("works", { dagId, command: [packed(bundle)], env });

  Deno.test(`a bundle on ${name}: reports success and delivers its log`, async () => {
    const ran = await run("works");
    assertEquals([ran.state, ran.exitCode, ran.returned], ["success", 0, 42]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    assertEquals(ran.log.map(({ event }) => event), ["at work"]);
  });

  Deno.test(`a bundle on ${name}: fails the task when a package throws before serve()`, async () => {
    const ran = await run("throws");
    assertEquals([ran.state, ran.exitCode, ran.stderr], ["failed", 0, []]);
    assertEquals(ran.log.map(({ event }) => event), ["Cannot load the bundle"]);
    const shown = JSON.stringify(ran.log[0]?.exception);
    assertStringIncludes(shown, "no driver here");
    assertMatch(shown, /package\.ts/);
  });

  Deno.test(`a bundle on ${name}: fails the task when it never calls serve()`, async () => {
    const ran = await run("neverServes");
    assertEquals([ran.state, ran.exitCode], ["failed", 0]);
    assertStringIncludes(JSON.stringify(ran.log[0]?.exception), "it never called serve()");
  });

  Deno.test(`a bundle on ${name}: loads only the file that has the task's Dag`, async () => {
    const ran = await run("loads", "third");
    assertEquals([ran.state, ran.returned], ["success", "third"]);
    assertEquals(ran.log.map(({ event }) => event), ["loads third"]);
  });

  Deno.test(`a bundle on ${name}: loads one file after the other for a Dag that pack did not see`, async () => {
    const ran = await run("loads", "launched");
    assertEquals([ran.state, ran.returned], ["success", "launched"]);
    const loads = ["first", "second", "third", "made"].map((id) => `loads ${id}`);
    assertEquals(ran.log.map(({ event }) => event), loads);
  });

  Deno.test(`a bundle on ${name}: hides the sockets from the packages that it imports`, async () => {
    const ran = await run("searches");
    assertEquals([ran.state, ran.returned], ["success", []]);
  });
}

Deno.test("a packed bundle: fails with the missing options when deno starts it by hand", async () => {
  const { code, stderr } = await new Deno.Command(packed("works"), {
    env: { AIRFLOW_TASK_RUNTIME: Deno.execPath() },
  }).output();
  assertEquals(code, 2);
  assertStringIncludes(new TextDecoder().decode(stderr), "--comm=host:port and --logs=host:port");
});

Deno.test("a packed bundle: keeps the names of classes, without calls where the bundler kept them", async () => {
  const env = { AIRFLOW_TASK_RUNTIME: Deno.execPath() };
  const returned = async (bundle: keyof typeof BUNDLES): Promise<unknown> =>
    (await runTask("works", { command: [packed(bundle)], env })).returned;
  assertEquals(await returned("named"), "Job");
  assertEquals((await Deno.readTextFile(packed("named"))).includes("__name"), false);
  assertEquals(await returned("sameNames"), ["Job", "Job"]);
});

Deno.test({
  name: "a packed bundle: shows the author's lines in stack traces, and no path of the machine",
  ignore: isQuick,
  async fn() {
    const ran = await runTask("works", {
      command: [packed("fails")],
      env: { AIRFLOW_TASK_RUNTIME: Deno.execPath() },
    });
    assertEquals(ran.state, "failed");
    const frames = JSON.stringify(ran.log.at(-1)?.exception);
    assertStringIncludes(frames, "main.ts");
    assertStringIncludes(frames, '"lineno":3');
    assertEquals((await Deno.readTextFile(packed("fails"))).includes(folder.path), false);
  },
});
