// A self-contained bundle under the local supervisor and under real Airflow. SELF_CONTAINED_DENO
// is the Deno that packs it: 2.9.2 or newer, with access to its download host or a denort.

import { assertEquals } from "@std/assert";
import { pack } from "../../../src/bundle/pack.ts";
import { configArgs } from "../../author_command.ts";
import { EXAMPLE_CASES } from "./example_cases.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import { removeFolder } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, taskRuntime } from "../harness/venv.ts";

const deno = Deno.env.get("SELF_CONTAINED_DENO");
const ignore = deno === undefined;
const ETL = new URL("../../../examples/etl/", import.meta.url).pathname;

const airflow = ignore ? undefined : sharedHarnesses();
let root = "";

Deno.test.beforeAll(async () => {
  if (ignore) return;
  root = await Deno.makeTempDir({ prefix: "airflow-self-contained-" });
  const [, config] = configArgs();
  await pack({
    entry: `${ETL}main.ts`,
    form: "self-contained",
    out: `${root}/etl`,
    deno,
    config,
  });
});

Deno.test.afterAll(async () => {
  if (root !== "") await removeFolder(root);
});

Deno.test({
  name: "dev: runs the tasks of a self-contained bundle",
  ignore,
  async fn() {
    const { stdout } = await new Deno.Command(taskRuntime(), {
      args: ["dev", "--json", "--fixtures", `${ETL}dev.json`, `${root}/etl`],
      stdin: "null",
      stderr: "null",
    }).output();
    const { asExpected, tasks } = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([asExpected, tasks.length], [true, 3]);
  },
});

for (const version of AIRFLOW_VERSIONS) {
  for (const [id, cases] of Object.entries(EXAMPLE_CASES)) {
    const [dag_id = "", task_id = ""] = id.split(".");
    if (dag_id !== "etl") continue;
    for (const { when = "once", run = {}, state } of cases) {
      Deno.test({
        name: `self-contained bundle under ${version}: reports ${state} for ${task_id} (${when})`,
        ignore,
        async fn() {
          const result = await airflow?.(version).runTask({
            bundle_root: root,
            dag_id,
            task_id,
            ...run,
          });
          assertEquals(
            [result?.state, result?.exit_code, result?.error],
            [state, 0, null],
            JSON.stringify(result, null, 2),
          );
        },
      });
    }
  }
}
