// Tasks that resume through Airflow's real scheduler, triggerer and REST API: deferred, rescheduled,
// answered by a user, retried.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "../harness/delay.ts";
import { packBundle } from "../harness/packed_bundle.ts";
import { Standalone } from "../harness/standalone.ts";
import type { Json, JsonObject } from "../harness/task_run.ts";
import { TempDir } from "../harness/temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../harness/venv.ts";

const BUNDLE = new URL("../testdata/resume.ts", import.meta.url);
const DAG = new URL("../testdata/resume_dag.py", import.meta.url);

/** State, number of the try and XCom of each task. */
const EXPECTED = {
  waits_for_time: ["success", 1, { waited: true, ids: [1], note: { a: ["kept"] }, tryNumber: 1 }],
  waits_for_file: ["success", 1, true],
  waits_for_task: ["success", 1, "success"],
  waits_too_long: ["failed", 1, undefined],
  senses: ["success", 1, 3],
  asks: ["success", 1, { option: "yes", note: "why not", by: "Anonymous", answered: true }],
  asks_nobody: ["success", 1, { option: "no", timedOut: true }],
  retries_soon: ["success", 2, 2],
  skips: ["skipped", 1, undefined],
  report: ["success", 1, "reported"],
};

/**
 * Answers the question of the task `asks`, once `asks_nobody` has resumed without one, which is some
 * loops of the scheduler later. A response within the same loop arrives before the scheduler has read
 * the executor's report of the first process, and Airflow then treats the task as lost.
 */
async function answer({ api }: Standalone, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    await delay(0.5);
    const states = await api.tryGet("dags/resume/dagRuns/~/taskInstances");
    const rows = Array.isArray(states?.["task_instances"]) ? states["task_instances"] : [];
    const instances = rows.filter(isObject);
    const find = (taskId: string): JsonObject | undefined =>
      instances.find((row) => row["task_id"] === taskId);
    const waiting = find("asks");
    if (waiting?.["state"] !== "awaiting_input") continue;
    if (find("asks_nobody")?.["state"] !== "success") continue;
    const run = encodeURIComponent(String(waiting["dag_run_id"]));
    try {
      return void await api.patch(`dags/resume/dagRuns/${run}/taskInstances/asks/-1/hitlDetails`, {
        chosen_options: ["yes"],
        params_input: { note: "why not" },
      });
    } catch {
      // SQLite was busy; if no response arrives, the task's state shows it.
    }
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function runs(version: AirflowVersion): Promise<void> {
  await using root = await TempDir.make();
  await using dags = await TempDir.make();
  await Deno.copyFile(DAG, `${dags.path}/resume_dag.py`);
  await packBundle(BUNDLE, `${root.path}/resume`);
  await using airflow = await Standalone.start(version, {
    dagsFolder: dags.path,
    bundleRoot: root.path,
    env: { AIRFLOW__SCHEDULER__TRIGGER_TIMEOUT_CHECK_INTERVAL: "2" },
  });
  const ended = new AbortController();
  const [run] = await Promise.all([
    airflow.runDag("resume", { conf: { file: `${dags.path}/resume_dag.py` } })
      .finally(() => ended.abort()),
    answer(airflow, ended.signal),
  ]);
  const tasks = Object.entries(run.tasks).map(([id, { state, try_number, xcoms }]) => [
    id,
    [state, try_number, xcoms["return_value"]],
  ]);
  assertEquals(Object.fromEntries(tasks), EXPECTED, JSON.stringify(run, null, 2));
  assertEquals(run.state, "success");
  const log = JSON.stringify(run.tasks["waits_too_long"]?.logs);
  assertStringIncludes(log, "its trigger did not fire in time");
  assertEquals(await airflow.importErrors(), []);
}

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`resumption under ${version}: resumes after triggers, reschedules and human responses [capability.end-to-end-resumption]`, async () => {
    await runs(version);
  });
}
