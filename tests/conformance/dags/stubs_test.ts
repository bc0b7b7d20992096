// The Dag file that `stubs` writes, read and run by real Airflow.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { writeStubs } from "../../../src/python_dag/write_stubs.ts";
import { configArgs } from "../../author_command.ts";
import { STRANGE } from "../../python_dag/strange_bundle.ts";
import { packBundle } from "../harness/packed_bundle.ts";
import { Standalone } from "../harness/standalone.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion, taskRuntime, venvBin } from "../harness/venv.ts";

const MODULE = new URL("../testdata/stubs.ts", import.meta.url);
const DAG_ID = "stubs.made-of";

async function runs(program: string, args: string[], home: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { AIRFLOW_HOME: home, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr) + text.decode(stdout));
  return text.decode(stdout);
}

/** The Dag file for the module and for its bundle, as the compiled binary writes it. */
async function stubs(path: string, out: string): Promise<void> {
  const deno = ["--deno", Deno.execPath(), ...configArgs()];
  await runs(taskRuntime(), ["stubs", ...deno, "--out", out, path], "/");
  assertEquals(await runs(taskRuntime(), ["check", ...deno, path, out], "/"), "No differences\n");
}

async function loads(version: AirflowVersion): Promise<void> {
  await using home = await TempDir.make();
  const file = `${home.path}/strange.py`;
  await Deno.writeTextFile(file, writeStubs(STRANGE, { queue: "deno", source: "main.ts" }));
  const script = new URL("../testdata/read_dags.py", import.meta.url).pathname;
  const output = await runs(`${venvBin(version)}/python`, [script, file], home.path);
  const read = JSON.parse(output.trimEnd().split("\n").at(-1) ?? "");
  const wanted = Object.entries(STRANGE.dags).map(([dagId, { tasks }]) => [
    dagId,
    tasks.toSorted((a, b) => a < b ? -1 : 1),
  ]);
  assertEquals(read, Object.fromEntries(wanted));
}

async function succeeds(version: AirflowVersion): Promise<void> {
  await using root = await TempDir.make();
  await using dags = await TempDir.make();
  await packBundle(MODULE, `${root.path}/made`);
  await stubs(MODULE.pathname, `${dags.path}/of_module.py`);
  await Deno.rename(`${dags.path}/of_module.py`, `${root.path}/of_module.py`);
  await stubs(`${root.path}/made`, `${dags.path}/dag.py`);
  assertStringIncludes(await Deno.readTextFile(`${root.path}/of_module.py`), `dag_id="${DAG_ID}"`);
  await using airflow = await Standalone.start(version, {
    dagsFolder: dags.path,
    bundleRoot: root.path,
  });
  const { state, tasks } = await airflow.runDag(DAG_ID);
  assertEquals(state, "success", JSON.stringify(tasks) + await airflow.output());
  for (const [taskId, task] of Object.entries(tasks)) {
    assertEquals([task.state, task.xcoms["return_value"]], ["success", taskId]);
  }
  assertEquals(Object.keys(tasks).length, 6);
}

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`stubs under ${version}: load when ids are not Python identifiers`, async () => {
    await loads(version);
  });
  Deno.test(`stubs under ${version}: run as the Dag of their bundle`, async () => {
    await succeeds(version);
  });
}
