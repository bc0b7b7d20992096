// A run recorded under real Airflow by the worker's setting, and replayed without Airflow.

import { assert, assertEquals, assertFalse } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import { removeFolder, TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, taskRuntime } from "../harness/venv.ts";

const RECORDED = new URL("../../runtime/testdata/recorded.ts", import.meta.url);
const SECRETS = ["swordfish", "extra-token", "key-0815", "tok-1234567", "late-secret"];

const airflow = sharedHarnesses();
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-recorded-" });
  await packBundle(RECORDED, `${root}/runtime`);
});

Deno.test.afterAll(() => removeFolder(root));

async function replay(file: string, bundle: string): Promise<{ code: number; told: string }> {
  const { code, stdout, stderr } = await new Deno.Command(taskRuntime(), {
    args: ["replay", "--json", file, bundle],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, told: text.decode(stdout) + text.decode(stderr) };
}

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`recording under ${version}: replays with the same result`, async () => {
    await using folder = await TempDir.make();
    for (const task_id of ["secrets", "sensor", "fails", "many"]) {
      await airflow(version).runTask({
        bundle_root: root,
        dag_id: "runtime",
        task_id,
        connections: {
          warehouse: {
            conn_type: "postgres",
            password: "swordfish",
            extra: '{"token": "extra-token"}',
          },
        },
        variables: { api_key: "key-0815" },
        env: { AIRFLOW_TASK_RUNTIME_RECORD: folder.path },
      });
    }
    const names = Array.from(Deno.readDirSync(folder.path), ({ name }) => name).sort();
    const tasks: string[] = [];
    for (const name of names) {
      const file = `${folder.path}/${name}`;
      const text = await Deno.readTextFile(file);
      for (const secret of SECRETS) assertFalse(text.includes(secret), `${secret} in ${name}`);
      const { code, told } = await replay(file, `${root}/runtime`);
      assertEquals(code, 0, told);
      const { runs: [run] } = JSON.parse(told);
      assert(run.compared > 0 && run.isComplete, told);
      tasks.push(run.task);
    }
    assertEquals(tasks.sort(), ["fails", "many", "secrets", "sensor"]);
  });

  Deno.test(`recording under ${version}: the replay reports the difference when the bundle changed`, async () => {
    await using folder = await TempDir.make();
    const changed = `${folder.path}/changed.ts`;
    const source = await Deno.readTextFile(RECORDED);
    const mod = new URL("../../../mod.ts", import.meta.url).pathname;
    await Deno.writeTextFile(
      changed,
      source.replace("../../../mod.ts", mod).replace("length: 20", "length: 2"),
    );
    await packBundle(new URL(`file://${changed}`), `${folder.path}/changed`);
    await airflow(version).runTask({
      bundle_root: root,
      dag_id: "runtime",
      task_id: "many",
      env: { AIRFLOW_TASK_RUNTIME_RECORD: `${folder.path}/run.jsonl` },
    });
    const { code, told } = await replay(`${folder.path}/run.jsonl`, `${folder.path}/changed`);
    assertEquals(code, 1, told);
    const { difference } = JSON.parse(told).runs[0];
    assertEquals([difference.request, difference.path], [3, "type"]);
    assertEquals([difference.recorded, difference.replayed], ["GetVariable", "SetXCom"]);
  });
}
