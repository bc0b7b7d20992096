/** Packed bundles as they are launched, by `deno` and by the runtime binary. */
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

/** Packs modules by name, of which main.ts is the entry, and returns the bundle's path. */
async function packModules(
  folder: TemporaryFolder,
  modules: Readonly<Record<string, string>>,
): Promise<string> {
  for (const [name, text] of Object.entries(modules)) {
    await Deno.writeTextFile(folder.join(name), text);
  }
  const out = folder.join("bundle");
  await pack({ entry: folder.join("main.ts"), out, config: CONFIG });
  return out;
}

for (const [name, runtime] of RUNTIMES) {
  const env = { AIRFLOW_TASK_RUNTIME: runtime };

  Deno.test(`a bundle on ${name}: reports success and delivers its log`, async () => {
    await using folder = await TemporaryFolder.create();
    const work = 'const work = () => { console.log("at work"); return 42; };\n';
    const bundle = await packModules(folder, { "main.ts": HEAD + work + SERVE });
    const ran = await runTask("works", { command: [bundle], env });
    assertEquals([ran.state, ran.exitCode, ran.returned], ["success", 0, 42]);
    assertEquals([ran.stdout, ran.stderr], [[], []]);
    assertEquals(ran.log.map(({ event }) => event), ["at work"]);
  });

  Deno.test(`a bundle on ${name}: fails the task when a package throws before serve()`, async () => {
    await using folder = await TemporaryFolder.create();
    const bundle = await packModules(folder, {
      "package.ts": 'if (Deno.args.length > 1) throw new RangeError("no driver here");\n',
      "main.ts": 'import "./package.ts";\n' + HEAD + "const work = () => {};\n" + SERVE,
    });
    const ran = await runTask("works", { command: [bundle], env });
    assertEquals([ran.state, ran.exitCode, ran.stderr], ["failed", 0, []]);
    assertEquals(ran.log.map(({ event }) => event), ["Cannot load the bundle"]);
    const shown = JSON.stringify(ran.log[0]?.exception);
    assertStringIncludes(shown, "no driver here");
    assertMatch(shown, /package\.ts/);
  });

  Deno.test(`a bundle on ${name}: fails the task when it never calls serve()`, async () => {
    await using folder = await TemporaryFolder.create();
    const skip = 'if (Deno.args.includes("--airflow-metadata")) {\n' + SERVE + "}\n";
    const bundle = await packModules(folder, {
      "main.ts": HEAD + "const work = () => {};\n" + skip,
    });
    const ran = await runTask("works", { command: [bundle], env });
    assertEquals([ran.state, ran.exitCode], ["failed", 0]);
    assertStringIncludes(JSON.stringify(ran.log[0]?.exception), "it never called serve()");
  });

  Deno.test(`a bundle on ${name}: hides the sockets from the packages that it imports`, async () => {
    await using folder = await TemporaryFolder.create();
    const search = `
const found: string[] = [];
for (const key of Reflect.ownKeys(globalThis)) {
  if (String(key).includes("airflow")) found.push(String(key));
}
export { found };
`;
    const bundle = await packModules(folder, {
      "package.ts": search,
      "main.ts": 'import { found } from "./package.ts";\n' + HEAD +
        "const work = () => found;\n" + SERVE,
    });
    const ran = await runTask("works", { command: [bundle], env });
    assertEquals([ran.state, ran.returned], ["success", []]);
  });
}

Deno.test("a packed bundle: keeps the names of classes, and calls nothing for that without need", async () => {
  await using folder = await TemporaryFolder.create();
  const env = { AIRFLOW_TASK_RUNTIME: Deno.execPath() };
  const plain = "class Job {}\nconst work = () => new Job().constructor.name;\n";
  const bundle = await packModules(folder, { "main.ts": HEAD + plain + SERVE });
  assertEquals((await runTask("works", { command: [bundle], env })).returned, "Job");
  assertEquals((await Deno.readTextFile(bundle)).includes("__name"), false);

  const self = "class Job { static make() { return new Job(); } }\n" +
    "const work = () => [Job.make().constructor.name, other()];\n";
  await packModules(folder, {
    "other.ts": "class Job {}\nexport const other = () => Job.name;\n",
    "main.ts": 'import { other } from "./other.ts";\n' + HEAD + self + SERVE,
  });
  assertEquals((await runTask("works", { command: [bundle], env })).returned, ["Job", "Job"]);
});

Deno.test({
  name: "a packed bundle: shows the author's lines in stack traces, and no path of the machine",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const work = 'const work = () => {\n  throw new RangeError("here");\n};\n';
    const bundle = await packModules(folder, { "main.ts": HEAD + work + SERVE });
    const ran = await runTask("works", {
      command: [bundle],
      env: { AIRFLOW_TASK_RUNTIME: Deno.execPath() },
    });
    assertEquals(ran.state, "failed");
    const frames = JSON.stringify(ran.log.at(-1)?.exception);
    assertStringIncludes(frames, "main.ts");
    assertStringIncludes(frames, '"lineno":3');
    assertEquals((await Deno.readTextFile(bundle)).includes(folder.path), false);
  },
});
