// XComs and arguments between Python and TypeScript tasks under a real scheduler, including the
// mapping of a Python task over the result of a TypeScript task.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { Standalone } from "../harness/standalone.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../harness/venv.ts";

const TESTDATA = new URL("../testdata/", import.meta.url);

async function runs(version: AirflowVersion): Promise<void> {
  await using root = await TempDir.make();
  await using dags = await TempDir.make();
  await Deno.copyFile(new URL("handoff_dag.py", TESTDATA), `${dags.path}/handoff_dag.py`);
  const schema = version === "3.3.2" ? "2026-06-16" : "2026-10-30";
  await packBundle(new URL("handoff.ts", TESTDATA), `${root.path}/handoff`, "thin", schema);
  await using airflow = await Standalone.start(version, {
    dagsFolder: dags.path,
    bundleRoot: root.path,
  });
  const { state, tasks } = await airflow.runDag("handoff");
  assertEquals(state, "success", JSON.stringify(tasks) + await airflow.output());
  const read = tasks["typescript"]?.logs[0]?.find(({ event }) => event === "read");
  for (const shown of ["2026-01-02T03:04:05.678901Z", "PT25H", "Set(1) { 1 }", '[ 1, "a" ]']) {
    assertStringIncludes(String(read?.["shown"]), shown);
  }
  assertEquals(
    tasks["reads"]?.xcoms["return_value"],
    "{'at': datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=Timezone('UTC')), " +
      "'day': datetime.date(2026, 1, 2), 'ids': {1}, 'pair': [1, 'a'], 'price': 1.5, " +
      "'span': datetime.timedelta(days=1, seconds=3600)}",
  );
  assertEquals(tasks["gathers"]?.xcoms["return_value"], {
    all: ["A", "B", "C"],
    count: 3,
    last: "C",
    some: ["B", "C"],
  });
  if (version === "3.3.2") return;
  assertEquals(tasks["called"]?.xcoms["return_value"], {
    items: ["a", "b", "c"],
    batch_size: 5,
    name: "n",
    again: 5,
  });
}

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`mixed-language Dag under ${version}: passes values from Python to TypeScript and back [capability.mixed-lang-stub-target]`, async () => {
    await runs(version);
  });
}
