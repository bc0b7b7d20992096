// The examples under real Airflow: their Dags as it reads them, and each of their tasks under its
// supervise_task(). A task that waits is run once more, as Airflow resumes it.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { inspectBundle } from "../../../src/bundle/inspect.ts";
import { EXAMPLE_CASES } from "./example_cases.ts";
import { packBundle } from "../harness/packed_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import type { JsonObject } from "../harness/task_run.ts";
import { removeFolder, TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, venvBin } from "../harness/venv.ts";

const FOLDER = new URL("../../../examples/", import.meta.url);
/** The examples with a dag.py; native_dags_test.ts runs the native Dags. */
const EXAMPLES = Array.from(Deno.readDirSync(FOLDER))
  .filter(({ name, isDirectory }) => isDirectory && !name.startsWith("native_"))
  .map(({ name }) => name).sort();
/** The examples that need Airflow 3.4. */
const NEWEST: readonly string[] = ["arguments", "schema"];

const airflow = sharedHarnesses();
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-examples-" });
  await Promise.all(EXAMPLES.map((name) => {
    const schema = NEWEST.includes(name) ? "2026-10-30" : undefined;
    return packBundle(new URL(`${name}/main.ts`, FOLDER), `${root}/${name}/bundle`, "thin", schema);
  }));
});

Deno.test.afterAll(() => removeFolder(root));

/** The ids of the stub tasks by Dag, as this Airflow reads the examples' dag.py. */
async function readDags(version: (typeof AIRFLOW_VERSIONS)[number]): Promise<JsonObject> {
  await using home = await TempDir.make();
  const { success, stdout, stderr } = await new Deno.Command(`${venvBin(version)}/python`, {
    args: [
      new URL("../testdata/read_dags.py", import.meta.url).pathname,
      ...EXAMPLES.map((name) => new URL(`${name}/dag.py`, FOLDER).pathname),
    ],
    env: { AIRFLOW_HOME: home.path, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout).trimEnd().split("\n").at(-1) ?? "");
}

Deno.test("pack: writes the parameters of a handler's schema to the metadata", async () => {
  const { dags } = await inspectBundle(`${root}/schema/bundle`);
  const told = Object.entries(dags["schema"]?.parameters ?? {}).map(([taskId, list]) => [
    taskId,
    list.map(({ name, required }) => `${name}${required ? "" : "?"}`),
  ]);
  assertEquals(told, [["load", ["orders", "currency?"]], ["refund", ["orders"]]]);
});

Deno.test("examples: each task has a case", async () => {
  const tasks: string[] = [];
  for (const name of EXAMPLES) {
    const { dags } = await inspectBundle(`${root}/${name}/bundle`);
    for (const [dagId, dag] of Object.entries(dags)) {
      tasks.push(...dag.tasks.map((taskId) => `${dagId}.${taskId}`));
    }
  }
  assertEquals(Object.keys(EXAMPLE_CASES).sort(), tasks.sort());
});

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`examples under ${version}: their Dags have a stub for each handler`, async () => {
    const stubs = Object.entries(await readDags(version)).flatMap(([dagId, tasks]) =>
      Array.isArray(tasks) ? tasks.map((taskId) => `${dagId}.${taskId}`) : []
    );
    assertEquals(stubs.sort(), Object.keys(EXAMPLE_CASES).sort());
  });

  for (const [id, cases] of Object.entries(EXAMPLE_CASES)) {
    const [dag_id = "", task_id = ""] = id.split(".");
    if (NEWEST.includes(dag_id) && version === "3.3.2") continue;
    for (const { when, run = {}, state, returned, update = {}, skipped = [], log = "" } of cases) {
      const name = when === undefined ? id : `${id}, ${when},`;
      Deno.test(`examples under ${version}: reports ${state} for ${name}`, async () => {
        const bundle_root = `${root}/${dag_id}`;
        const result = await airflow(version).runTask({ bundle_root, dag_id, task_id, ...run });
        assertEquals(
          [result.state, result.exit_code, result.error, result.skipped],
          [state, 0, null, skipped],
          JSON.stringify(result, null, 2),
        );
        for (const [field, value] of Object.entries(update)) {
          assertEquals(result.ti[field], value, field);
        }
        const pushed = result.xcoms.find((row) =>
          row.task_id === task_id && (row.key ?? "return_value") === "return_value"
        );
        if (returned !== undefined) assertEquals(pushed?.value, returned);
        assertStringIncludes(JSON.stringify(result.log), log);
      });
    }
  }
}
