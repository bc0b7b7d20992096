// Runs faults of tests/faults under Airflow's real supervise_task(), and checks the state that it
// gives each task. tests/faults/README.md has the table.

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FAULTS, MARKED_FAILED, RETRY } from "./fault_cases.ts";
import { parseNative } from "../harness/native_parse.ts";
import { packBundle } from "../harness/packed_bundle.ts";
import { sharedHarnesses } from "../harness/shared_harness.ts";
import { stallReport } from "../harness/stalls.ts";
import type { TaskResult, TaskRun } from "../harness/task_run.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "../harness/venv.ts";

const TASKS = new URL("../../faults/testdata/faults.ts", import.meta.url);
const PARTS = new URL("../../faults/testdata/loads.ts", import.meta.url);
const EXITS = new URL("../testdata/exits_while_loading.ts", import.meta.url);
const HOSTILE_DAGS = new URL("../testdata/hostile_dags.ts", import.meta.url);

/** Airflow's time limits, in seconds: short, except the last, in which it reads the rest of a log. */
const SETTINGS = {
  AIRFLOW__CORE__TASK_SUCCESS_OVERTIME: "1",
  AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "1",
  AIRFLOW__WORKERS__SOCKET_CLEANUP_TIMEOUT: "4",
};

const airflow = sharedHarnesses({ settings: SETTINGS });
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  await packBundle(TASKS, `${root}/tasks/faults`);
  await packBundle(EXITS, `${root}/tasks/exits`);
  await packBundle(PARTS, `${root}/parts/faults`);
});

Deno.test.afterAll(async () => {
  await Deno.remove(root, { recursive: true });
});

function run(
  version: AirflowVersion,
  task_id: string,
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  const bundle_root = `${root}/${task_id === "later" ? "parts" : "tasks"}`;
  return airflow(version).runTask({ bundle_root, dag_id: "faults", task_id, ...options });
}

function events({ log }: TaskResult): string[] {
  return log.map(({ event }) => event);
}

for (const version of AIRFLOW_VERSIONS) {
  for (const { id, task, when, options, state, exitCode, log, within = 10, isSeen } of FAULTS) {
    const name = when === undefined ? task : `${task} when ${when}`;
    Deno.test(`faults under ${version}: reports ${state} for ${name} [${id}]`, async () => {
      const result = await run(version, task, options);
      assertEquals(
        [result.state, result.exit_code, result.error, result.timed_out],
        [state, exitCode, null, false],
        JSON.stringify(result, null, 2),
      );
      if (log !== undefined) assert(events(result).includes(log), JSON.stringify(result.log));
      assert(result.duration_seconds < within, `${result.duration_seconds} s`);
      if (isSeen) {
        const report = stallReport([result], airflow(version).heartbeatInterval);
        assertEquals(report.stalled, 0, `${result.tail_seconds} s`);
      }
    });
  }

  Deno.test(`faults under ${version}: keeps failed when a task is marked failed while its result is pushed [fault.ended-while-pushing]`, async () => {
    const result = await run(version, "returns", {
      ...RETRY,
      // Longer than the heartbeat interval, so that the supervisor notices it with the next call.
      api_overrides: [{ path: "^xcoms/", delay_seconds: 1, ti_state: "failed" }],
    });
    // 3.4 drops the terminal message; 3.3 sends it to its API, which refuses it, and the process exits with 1.
    const exitCode = version === "3.3.2" ? 1 : 0;
    assertEquals(
      [result.state, result.exit_code, result.error, result.timed_out],
      ["failed", exitCode, null, false],
      JSON.stringify(result, null, 2),
    );
    assert(events(result).includes("Task killed!"), JSON.stringify(result.log));
    assert(result.duration_seconds < 3, `${result.duration_seconds} s`);
  });

  Deno.test(`faults under ${version}: reports success when the log takes longer than task_success_overtime [fault.many-last-lines]`, async () => {
    const lines = 40_000;
    const result = await run(version, "logs_last", { dag_run: { conf: { lines } } });
    assertEquals([result.state, result.exit_code], ["success", 0]);
    const own = events(result).filter((event) => event.startsWith("line "));
    assertEquals([own.length, own.at(-1)], [lines, `line ${lines - 1}`]);
    assert(result.duration_seconds > 1, "the log took longer than task_success_overtime");
  });

  Deno.test(`faults under ${version}: masks secrets in log and retry reason [fault.secrets]`, async () => {
    // JSON escapes only the ends of the secrets, so that their beginnings are searched for.
    const secrets = [
      'hunter2-hunter2"\n',
      'the-passphrase "\\',
      "the-api-token",
      'told-by-the-task\t"',
    ];
    const [password, passphrase, api_token, masked] = secrets;
    const result = await run(version, "leaks", {
      ...RETRY,
      dag_run: { conf: { masked: String(masked) } },
      connections: {
        warehouse: {
          conn_type: "postgres",
          password: String(password),
          extra: JSON.stringify({ passphrase }),
        },
      },
      variables: { api_token: String(api_token) },
    });
    assertEquals([result.state, result.exit_code], ["up_for_retry", 0]);
    const shown = JSON.stringify([result.log, result.ti]);
    for (const secret of secrets) assert(!shown.includes(secret.slice(0, 9)), secret);
  });
}

Deno.test("faults under 3.4.0b2: lists the other Dags and masks secrets when Dag files fail [fault.dag-file-fails]", async () => {
  const password = 'hunter2-hunter2"\n\\';
  const { dags, import_errors } = await parseNative(HOSTILE_DAGS, { warehouse_password: password });
  assertEquals(Object.keys(dags), ["sound", "sound_too"]);
  const [[place, text = ""] = [], ...others] = Object.entries(import_errors);
  assertEquals([place, others], ["native (some of its Dags)", []]);
  const errors = text.split("\n\n").map((error) => error.split("\n")[0]);
  assertEquals(errors, [
    "Error: no warehouse: ***",
    "The thrown value cannot be shown",
    "The thrown value cannot be shown",
    "A value that is not an Error was thrown: undefined",
    "Error: hands off",
    'TaskRuntimeError: Cannot register Dag "sound": the bundle already has a Dag of this id',
    "Error: never caught",
    "ExitRequest: Deno.exit(0) was called while the bundle was loading",
    "ExitRequest: close() was called while the bundle was loading",
  ]);
  assertStringIncludes(text, 'Caused by: TypeError: {"password":"***"}');
  assert(!text.includes(password.slice(0, 7)), text);
});

Deno.test("faults under 3.3.2: exits before the kill when killed_task_cleanup_time is longer [fault.sigterm-never-settles]", async () => {
  const result = await run("3.3.2", "never_settles", {
    ...MARKED_FAILED,
    env: { AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "60" },
  });
  assertEquals([result.state, result.exit_code], ["up_for_retry", 0], JSON.stringify(result));
  assert(result.duration_seconds < 5, `${result.duration_seconds} s`);
});
