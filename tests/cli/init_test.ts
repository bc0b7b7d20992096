import { assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { VERSION } from "../../src/runtime/version.ts";
import { run } from "../bundle/bundle_parts.ts";
import { runCli } from "./cli_command.ts";
import { ROOT } from "./packed.ts";
import { isQuick } from "../thoroughness.ts";

const FILES = [
  ".github",
  ".gitignore",
  "README.md",
  "dag.py",
  "deno.json",
  "main.ts",
  "tasks.ts",
  "tasks_test.ts",
];

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}

Deno.test({
  name: "init: makes a project that needs only deno and python3",
  ignore: isQuick,
  async fn() {
    await using folder = await TemporaryFolder.create();
    const project = `${folder.path}/my-etl`;
    const made = await runCli("init", "--module", ROOT, project);
    assertEquals([made.code, made.stderr], [0, ""]);
    assertEquals(await namesIn(project), FILES);
    const bin = `${folder.path}/bin`;
    await Deno.mkdir(bin);
    await Deno.symlink(Deno.execPath(), `${bin}/deno`);
    await Deno.symlink("/usr/bin/python3", `${bin}/python3`);
    const env = { PATH: bin, NO_COLOR: "1" };
    const tasks = ["test", "dev", "check", "pack"];
    assertEquals(
      [...made.stdout.matchAll(/^\s+deno task (\w+) /gm)].map(([, task]) => task),
      tasks,
      "the next commands are printed",
    );
    for (const task of tasks) {
      const { code, stdout, stderr } = await run(Deno.execPath(), ["task", task], {
        cwd: project,
        env,
      });
      assertEquals(code, 0, `${task}: ${stdout}${stderr}`);
      if (task === "test") assertStringIncludes(stdout, "3 passed | 0 failed");
    }
    const inspected = await runCli("inspect", "--json", `${project}/dist/my-etl`);
    assertEquals(JSON.parse(inspected.stdout).dags, { "my-etl": { tasks: ["extract", "load"] } });
  },
});

Deno.test("init: imports the module from JSR by default", async () => {
  await using folder = await TemporaryFolder.create();
  const { code, stdout, stderr } = await runCli("init", "--json", "--dag=nightly", folder.path);
  assertEquals([code, stderr], [0, ""]);
  const result = JSON.parse(stdout);
  assertEquals([result.dagId, result.module, result.files.length], [
    "nightly",
    `jsr:@airflow-deno/task-runtime@^${VERSION}`,
    FILES.length,
  ]);
  const { imports } = JSON.parse(await Deno.readTextFile(`${folder.path}/deno.json`));
  assertEquals(imports, { "@airflow-deno/task-runtime": result.module });
  assertStringIncludes(await Deno.readTextFile(`${folder.path}/dag.py`), 'dag_id="nightly"');
});

Deno.test("init: adds the import of the test kit when the module is a URL", async () => {
  await using folder = await TemporaryFolder.create();
  const module = "https://modules.example/runtime/mod.ts";
  assertEquals((await runCli("init", `--module=${module}`, folder.path)).code, 0);
  const { imports } = JSON.parse(await Deno.readTextFile(`${folder.path}/deno.json`));
  assertEquals(
    imports["@airflow-deno/task-runtime/testing"],
    module.replace("mod.ts", "src/testing/mod.ts"),
  );
});

Deno.test("init: refuses a folder that is not empty, and lists replaced files with --force", async () => {
  await using folder = await TemporaryFolder.create();
  await Deno.mkdir(`${folder.path}/.git`);
  await Deno.writeTextFile(`${folder.path}/main.ts`, "mine\n");
  await Deno.writeTextFile(`${folder.path}/notes.txt`, "mine\n");
  const refused = await runCli("init", folder.path);
  assertEquals([refused.code, refused.stdout], [1, ""]);
  assertStringIncludes(refused.stderr, "the folder is not empty (main.ts, notes.txt). Use --force");
  assertEquals(await namesIn(folder.path), [".git", "main.ts", "notes.txt"]);
  const forced = await runCli("init", "--force", folder.path);
  assertEquals(forced.code, 0, forced.stderr);
  assertStringIncludes(forced.stdout, `replaced ${folder.path}/main.ts\n`);
  assertStringIncludes(forced.stdout, `created ${folder.path}/tasks.ts\n`);
  assertEquals(await Deno.readTextFile(`${folder.path}/notes.txt`), "mine\n");
});

Deno.test("init: fails when the module does not exist, the folder is a file or the id is invalid", async () => {
  await using folder = await TemporaryFolder.create();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "");
  const cases: [args: string[], code: number, reason: string][] = [
    [["--module=/no/mod.ts"], 1, 'Cannot use the module "/no/mod.ts"'],
    [[file], 1, `Cannot create a project in "${file}"`],
    [["--dag=a b"], 2, 'Cannot use dag_id "a b"'],
  ];
  for (const [args, code, reason] of cases) {
    const ended = await runCli(
      "init",
      ...args,
      ...(args[0] === file ? [] : [`${folder.path}/new`]),
    );
    assertEquals([ended.code, ended.stdout], [code, ""]);
    assertStringIncludes(ended.stderr, reason);
  }
  assertEquals(await namesIn(folder.path), ["file"]);
});
