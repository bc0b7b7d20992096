// Tests Airflow and the harness without this runtime: a scripted peer terminates in each way.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Step, writeScriptedBundle, writeScriptedNodeBundle } from "./scripted_bundle.ts";
import { sharedHarnesses } from "./shared_harness.ts";
import { stallReport } from "./stalls.ts";
import type { TaskResult, TaskRun } from "./task_run.ts";
import { TempDir } from "./temp_dir.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "./venv.ts";

const airflow = sharedHarnesses();

const succeed = {
  type: "SucceedTask",
  state: "success",
  end_date: "$now",
  task_outlets: [],
  outlet_events: [],
};
const failed = { type: "TaskState", state: "failed", end_date: "$now" };
const retry = { type: "RetryTask", end_date: "$now" };

interface Ending {
  name: string;
  steps: Step[];
  /** Retries of the task; 0 by default. */
  retries?: number;
  /** State, and what supervise_task() returns, if it matters: the exit code, or null if it raises. */
  ends: [state: string, exitCode?: number | null];
}

const endings: Ending[] = [
  {
    name: "success for SucceedTask and exit 0",
    steps: [{ request: succeed }, { exit: 0 }],
    ends: ["success", 0],
  },
  {
    name: "failed for exit 0 without a terminal frame",
    steps: [{ exit: 0 }],
    ends: ["failed", 0],
  },
  {
    name: "success, with an executor error, for SucceedTask and exit 1",
    steps: [{ request: succeed }, { exit: 1 }],
    ends: ["success", null],
  },
  {
    name: "failed for TaskState failed and exit 0 although retries are left",
    steps: [{ request: failed }, { exit: 0 }],
    retries: 1,
    ends: ["failed", 0],
  },
  {
    name: "up_for_retry for exit 1 without a frame while retries are left",
    steps: [{ exit: 1 }],
    retries: 1,
    ends: ["up_for_retry", 1],
  },
  {
    name: "failed for exit 1 without a frame and without retries",
    steps: [{ exit: 1 }],
    ends: ["failed", 1],
  },
  {
    name: "up_for_retry for RetryTask and exit 0",
    steps: [{ request: { ...retry, retry_delay_seconds: 7, retry_reason: "busy" } }, { exit: 0 }],
    retries: 1,
    ends: ["up_for_retry", 0],
  },
  {
    name: "up_for_retry for RetryTask although should_retry is false",
    steps: [{ request: retry }, { exit: 0 }],
    ends: ["up_for_retry", 0],
  },
  {
    name: "skipped for TaskState skipped",
    steps: [{ request: { ...failed, state: "skipped" } }, { exit: 0 }],
    ends: ["skipped", 0],
  },
  {
    name: "removed for TaskState removed",
    steps: [{ request: { ...failed, state: "removed" } }, { exit: 0 }],
    ends: ["removed", 0],
  },
  {
    name: "failed for TaskState with state success, which is never answered",
    steps: [{ no_reply: { ...failed, state: "success" } }, { exit: 0 }],
    ends: ["failed", 0],
  },
  {
    name: "success for SucceedTask and then TaskState failed",
    steps: [{ request: succeed }, { request: failed }, { exit: 0 }],
    // 3.3 raises on the API's 409; 3.4 may find it at a heartbeat first and send SIGTERM.
    ends: ["success"],
  },
];

for (const version of AIRFLOW_VERSIONS) {
  for (const { name, steps, retries = 0, ends } of endings) {
    Deno.test(`supervise_task() under ${version}: reports ${name}`, async () => {
      const result = await play(version, steps, { max_tries: retries });
      const [state, exitCode = result.exit_code] = ends;
      assertEquals(
        [result.state, result.exit_code],
        [state, exitCode],
        JSON.stringify(result, null, 2),
      );
    });
  }

  Deno.test(`supervise_task() under ${version}: kills a process that does not exit after its terminal message`, async () => {
    const result = await play(version, [{ request: failed }, { sleep: 30 }]);
    assertEquals([result.state, result.exit_code], ["failed", -15]);
  });

  Deno.test(`supervise_task() under ${version}: sends SIGTERM when a heartbeat returns 409`, async () => {
    const steps: Step[] = [{ on_sigterm_exit: 3 }, { sleep: 30 }];
    const result = await play(version, steps, {
      api_overrides: [{
        path: "heartbeat",
        status: 409,
        body: { detail: { reason: "not_running", current_state: "failed" } },
      }],
    });
    assertEquals(result.exit_code, 3);
    assert(result.log.some((line) => line.event === "Task killed!"));
  });

  Deno.test(`AirflowHarness under ${version}: signals the task at a chosen call`, async () => {
    const steps: Step[] = [
      { on_sigterm_exit: 4 },
      { request: { type: "PutVariable", key: "ready", value: "1", description: null } },
      { sleep: 30 },
    ];
    const result = await play(version, steps, {
      api_overrides: [{ path: "variables/ready", signal: "SIGTERM" }],
    });
    assertEquals([result.exit_code, result.variables], [4, { ready: "1" }]);
  });

  Deno.test(`AirflowHarness under ${version}: serves connections, variables and XComs`, async () => {
    const where = { dag_id: "scripted", run_id: "$run_id", task_id: "start", key: "return_value" };
    const own = { ...where, task_id: "task" };
    const result = await play(version, [
      { request: { type: "GetConnection", conn_id: "warehouse" } },
      { log: { level: "info", event: "connection", reply: "$reply" } },
      { request: { type: "GetConnection", conn_id: "none" } },
      { log: { level: "info", event: "no connection", reply: "$reply" } },
      { request: { type: "GetVariable", key: "since" } },
      { log: { level: "info", event: "variable", reply: "$reply" } },
      { request: { type: "GetXCom", ...where } },
      { request: { type: "SetXCom", ...own, value: "$reply" } },
      { request: succeed },
      { exit: 0 },
    ], {
      connections: { warehouse: { conn_type: "postgres", host: "db", password: "hush-hush" } },
      variables: { since: "2026-01-01" },
      xcoms: [{ task_id: "start", value: { region: "eu" } }],
    });
    assertEquals(result.state, "success");
    const replies = new Map(result.log.map((line) => [line.event, JSON.stringify(line.reply)]));
    assertStringIncludes(replies.get("connection") ?? "", '"host":"db"');
    assertStringIncludes(replies.get("connection") ?? "", '"password":"***"');
    assertStringIncludes(replies.get("no connection") ?? "", "CONNECTION_NOT_FOUND");
    assertEquals(replies.get("variable"), '"2026-01-01"');
    const set = result.xcoms.find((row) => row.task_id === "task");
    assertEquals(set?.value, { region: "eu" });
    assertEquals(
      result.api_calls.filter((call) => call.path.startsWith("xcoms/")).map((call) => call.status),
      [200, 201],
    );
  });

  Deno.test(`supervise_task() under ${version}: logs stdout, stderr and the log channel`, async () => {
    const result = await play(version, [
      { stdout: "to stdout" },
      { stderr: "to stderr" },
      { log: { level: "warning", event: "to the log channel", rows: 3 } },
      { request: succeed },
      { exit: 0 },
    ]);
    const lines = result.log.map(({ level, event, rows = null }) => ({ level, event, rows }));
    for (
      const line of [
        { level: "info", event: "to stdout", rows: null },
        { level: "error", event: "to stderr", rows: null },
        { level: "warning", event: "to the log channel", rows: 3 },
      ]
    ) {
      assert(lines.some((one) => Deno.inspect(one) === Deno.inspect(line)), Deno.inspect(lines));
    }
  });

  Deno.test(`supervise_task() under ${version}: fails a task that never connects`, async () => {
    await using root = await TempDir.make();
    await writeScriptedBundle(root.path, version, {
      dagId: "scripted",
      tasks: {},
      beforeConnect: [{ stderr: "cannot start" }, { exit: 7 }],
    });
    const result = await run(version, root.path);
    assertEquals([result.state, result.exit_code], ["failed", null]);
    assertStringIncludes(result.error ?? "", "process exited with 7 before connecting");
  });

  Deno.test(`supervise_task() under ${version}: fails a task whose bundle is not found`, async () => {
    await using root = await TempDir.make();
    const result = await run(version, root.path);
    assertEquals(result.state, "failed");
    assertStringIncludes(result.error ?? "", "cannot find executable bundle containing");
  });

  Deno.test(`AirflowHarness under ${version}: kills a task after its timeout`, async () => {
    const result = await play(version, [{ sleep: 30 }], { timeout_seconds: 1 });
    assertEquals([result.timed_out, result.exit_code], [true, -9]);
  });

  Deno.test(`stallReport() under ${version}: finds runs that close stdout and stderr`, async () => {
    await using root = await TempDir.make();
    const end: Step[] = [{ sleep: 0.05 }, { exit: 0 }];
    await writeScriptedBundle(root.path, version, {
      dagId: "scripted",
      tasks: {
        clean: [{ request: succeed }, { close: null }, ...end],
        racing: [{ request: succeed }, { close: null }, { close_fds: [1, 2] }, ...end],
      },
    });
    const series = async (task_id: string): Promise<number> => {
      const results: TaskResult[] = [];
      for (let n = 0; n < 4; n++) results.push(await run(version, root.path, { task_id }));
      return stallReport(results, airflow(version).heartbeatInterval).stalled;
    };
    assertEquals(await series("racing"), 4);
    // On a busy machine Airflow may notice any exit late, which the report counts.
    assert(await series("clean") < 4);
  });
}

Deno.test("supervise_task() under 3.4.0b2: reports success through NodeCoordinator", async () => {
  await using root = await TempDir.make();
  const node = await writeScriptedNodeBundle(root.path, "3.4.0b2", {
    dagId: "scripted",
    tasks: { task: [{ request: succeed }, { exit: 0 }] },
  });
  const result = await run("3.4.0b2", root.path, { kind: "node", node_executable: node });
  assertEquals([result.state, result.error], ["success", null]);
});

async function play(
  version: AirflowVersion,
  steps: Step[],
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  await using root = await TempDir.make();
  await writeScriptedBundle(root.path, version, { dagId: "scripted", tasks: { task: steps } });
  return await run(version, root.path, options);
}

function run(
  version: AirflowVersion,
  bundle_root: string,
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  return airflow(version).runTask({ bundle_root, dag_id: "scripted", task_id: "task", ...options });
}
