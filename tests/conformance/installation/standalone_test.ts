// The example Dag under a real scheduler, checked through Airflow's REST API and its log files.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { Standalone } from "../harness/standalone.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion, taskRuntime } from "../harness/venv.ts";

const EXAMPLE = new URL("../../../examples/etl/", import.meta.url);

const EXPECTED = {
  start: ["success", 1],
  extract: ["success", 1],
  transform: ["success", 2],
  load: ["success", 1],
  audit: ["failed", 1],
  report: ["success", 1],
};

/** Copies a file of the example for another Dag id and queue, since one Dag has one coordinator. */
async function copyForNode(name: string, folder: string): Promise<URL> {
  const text = await Deno.readTextFile(new URL(name, EXAMPLE));
  const path = `${folder}/${name.replace(".", "_node.")}`;
  await Deno.writeTextFile(
    path,
    text.replaceAll('"etl"', '"etl_node"').replaceAll('"deno"', '"deno-node"'),
  );
  return new URL(`file://${path}`);
}

async function runs(version: AirflowVersion, dagIds: readonly string[]): Promise<void> {
  await using root = await TempDir.make();
  await using dags = await TempDir.make();
  await using modules = await TempDir.make();
  await Deno.copyFile(new URL("dag.py", EXAMPLE), `${dags.path}/dag.py`);
  await packBundle(new URL("main.ts", EXAMPLE), `${root.path}/etl`);
  if (dagIds.includes("etl_node")) {
    await copyForNode("dag.py", dags.path);
    const module = await copyForNode("main.ts", modules.path);
    await packBundle(module, `${root.path}/etl_node.min.mjs`, "node");
  }
  await using airflow = await Standalone.start(version, {
    dagsFolder: dags.path,
    bundleRoot: root.path,
    ...(version === "3.3.2" ? {} : { nodeExecutable: taskRuntime() }),
  });
  await airflow.createConnection("warehouse", {
    conn_type: "postgres",
    host: "warehouse.example.com",
    password: "not-for-logs",
  });
  await airflow.createVariable("since", "2026-01-01");
  for (const dagId of dagIds) await checkRun(airflow, dagId);
  assertEquals(await airflow.importErrors(), []);
}

async function checkRun(airflow: Standalone, dagId: string): Promise<void> {
  const { state, tasks } = await airflow.runDag(dagId);
  const states = Object.fromEntries(
    Object.entries(tasks).map(([id, task]) => [id, [task.state, task.try_number]]),
  );
  assertEquals(states, EXPECTED, await airflow.output());
  assertEquals(state, "success");
  assertEquals(tasks["extract"]?.xcoms, {
    return_value: { region: "eu", since: "2026-01-01", rows: [3, 5, 34] },
  });
  assertEquals(tasks["load"]?.xcoms, { return_value: 42 });

  const extracting = tasks["extract"]?.logs[0]?.find(({ event }) => event === "extracting");
  assertEquals(
    [extracting?.level, extracting?.["region"], extracting?.["host"]],
    ["info", "eu", "warehouse.example.com"],
  );
  const [first, second] = tasks["transform"]?.logs ?? [];
  assertStringIncludes(JSON.stringify(first), "The warehouse is busy: try again");
  assert(second?.some(({ event }) => event === "transforming 3 rows on try 2"));
  assertStringIncludes(JSON.stringify(tasks["audit"]?.logs), "The audit found a discrepancy");
  assertEquals(JSON.stringify(tasks).includes("not-for-logs"), false);
}

for (const version of AIRFLOW_VERSIONS) {
  // NodeCoordinator came with 3.4.
  const dagIds = version === "3.3.2" ? ["etl"] : ["etl", "etl_node"];
  Deno.test(`airflow standalone under ${version}: runs ${dagIds.join(" and ")} to the expected states`, async () => {
    await runs(version, dagIds);
  });
}
