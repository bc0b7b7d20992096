// Tasks of native Dags that look like Airflow's operators, as the runtime runs them.

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { StartupOptions } from "../../../src/local/supervisor/startup_details.ts";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask } from "../run_task.ts";

const COMMAND = taskCommand(new URL("../testdata/native_operators.ts", import.meta.url));

function run(
  taskId: string,
  fixtures: unknown = {},
  options: Partial<StartupOptions> = {},
): Promise<Ran> {
  return runTask(taskId, { command: COMMAND, dagId: "native", fixtures, ...options });
}

/** The bodies of the requests of one type. */
function sent({ requests }: Ran, type: string): Record<string, unknown>[] {
  return requests.map(({ body }) => Object(body)).filter((body) => body.type === type);
}

function report(triggered: string): unknown {
  return { dags: { report: { triggered_state: triggered } } };
}

Deno.test("triggerDagRun(): triggers a run with the conf, and waits for its completion", async () => {
  const ran = await run("trigger", report("success"));
  assertEquals(ran.state, "success");
  const [{ dag_id, run_id, conf } = {}] = sent(ran, "TriggerDagRun");
  assertEquals([dag_id, run_id, conf], ["report", "for_native", { region: "eu" }]);
  const pushed = sent(ran, "SetXCom").map(({ key, value }) => [key, value]);
  assertEquals(pushed, [["trigger_run_id", "for_native"]]);
});

Deno.test("triggerDagRun(): fails when the run that it waits for fails", async () => {
  const ran = await run("trigger", report("failed"));
  assertEquals(ran.state, "failed");
  assertStringIncludes(JSON.stringify(ran.log), "for_native");
});

const LOGICAL = Temporal.Instant.from("2026-01-02T00:00:00Z");

Deno.test("externalTaskSensor(): waits for the run of the same logical date", async () => {
  const dagRun = (state: string): unknown => ({
    dagRuns: [{ dag_id: "report", run_id: "other", state, logical_date: String(LOGICAL) }],
  });
  const options = { logicalDate: LOGICAL };
  assertEquals((await run("external_run", dagRun("success"), options)).state, "success");
  for (const fixtures of [dagRun("running"), {}]) {
    assertEquals((await run("external_run", fixtures, options)).state, "up_for_reschedule");
  }
});

Deno.test("externalTaskSensor(): waits for all tasks, and fails when one of them failed", async () => {
  const tasks = (write: string, send: string): unknown => ({
    dagRuns: [{ dag_id: "report", run_id: "other", logical_date: "2026-01-01T23:00:00Z" }],
    taskInstances: Object.entries({ write, send }).map(([task_id, state]) => ({
      dag_id: "report",
      run_id: "other",
      task_id,
      state,
    })),
  });
  const options = { logicalDate: LOGICAL };
  const state = async (write: string, send: string): Promise<unknown> =>
    (await run("external_tasks", tasks(write, send), options)).state;
  assertEquals(await state("success", "success"), "success");
  assertEquals(await state("success", "running"), "up_for_reschedule");
  assertEquals(await state("success", "failed"), "failed");
});

Deno.test("latestOnly(): skips downstream tasks when a later run is due", async () => {
  const old = await run("latest_only", {}, {
    dagRun: { runType: "scheduled", dataIntervalEnd: LOGICAL },
    logicalDate: LOGICAL,
  });
  assertEquals([old.state, old.returned], ["success", false]);
  assertEquals(sent(old, "SkipDownstreamTasks").map(({ tasks }) => tasks), [["behind_latest"]]);
  const manual = await run("latest_only");
  assertEquals([manual.state, manual.returned], ["success", true]);
  assertEquals(sent(manual, "SkipDownstreamTasks"), []);
});
