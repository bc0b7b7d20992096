// The faults of tests/faults that Airflow can tell apart, under its real supervise_task(): the
// state that it makes of each. tests/faults/README.md holds the table.

import { assert, assertEquals } from "@std/assert";
import { packBundle } from "./packed_bundle.ts";
import { sharedHarnesses } from "./shared_harness.ts";
import { stallReport } from "./stalls.ts";
import type { TaskResult, TaskRun } from "./task_run.ts";
import { AIRFLOW_VERSIONS, type AirflowVersion } from "./venv.ts";

const TASKS = new URL("../faults/testdata/faults.ts", import.meta.url);
const EXITS = new URL("testdata/exits_while_loading.ts", import.meta.url);

/** Airflow's patience, in seconds: short, but for the last, in which it reads the rest of a log. */
const SETTINGS = {
  AIRFLOW__CORE__TASK_SUCCESS_OVERTIME: "1",
  AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "1",
  AIRFLOW__WORKERS__SOCKET_CLEANUP_TIMEOUT: "4",
};

const airflow = sharedHarnesses({ settings: SETTINGS });
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  await packBundle(TASKS, `${root}/faults`);
  await packBundle(EXITS, `${root}/exits`);
});

Deno.test.afterAll(async () => {
  await Deno.remove(root, { recursive: true });
});

function run(
  version: AirflowVersion,
  task_id: string,
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  return airflow(version).runTask({ bundle_root: root, dag_id: "faults", task_id, ...options });
}

function events({ log }: TaskResult): string[] {
  return log.map(({ event }) => event);
}

interface Fault {
  task: string;
  /** Told apart from other rows of the task. */
  when?: string;
  options?: Partial<TaskRun>;
  state: string;
  /** Negative for a signal. */
  exitCode: number;
  /** An event that must be in the log. */
  log?: string;
  /** Seconds that the run may take. */
  within?: number;
  /** Whether Airflow must see the end at once: it has not slept a heartbeat interval over it. */
  isSeen?: boolean;
}

const RETRY = { max_tries: 1 };
const NO_FOLDER = { env: { TMPDIR: "/no/such/folder" }, dag_run: { conf: { lines: 10 } } };
const SIGTERM: Partial<TaskRun> = {
  ...RETRY,
  api_overrides: [{ path: "heartbeat", times: 1, signal: "SIGTERM" }],
};
const MARKED_FAILED: Partial<TaskRun> = {
  ...RETRY,
  api_overrides: [{
    path: "heartbeat",
    status: 409,
    body: { detail: { reason: "not_running", current_state: "failed" } },
  }],
};

const FAULTS: Fault[] = [
  { task: "exits_deno", options: { dag_run: { conf: { code: 0 } } }, state: "failed", exitCode: 0 },
  {
    task: "exits_node",
    when: "retries are left",
    options: { ...RETRY, dag_run: { conf: { code: 99 } } },
    state: "up_for_retry",
    exitCode: 0,
  },
  {
    task: "exits_while_loading",
    when: "retries are left",
    options: { ...RETRY, dag_id: "exits" },
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load the bundle",
  },
  { task: "exits_while_loading", options: { dag_id: "exits" }, state: "failed", exitCode: 0 },
  { task: "sets_exit_code", state: "success", exitCode: 0 },
  { task: "throws_aside", options: RETRY, state: "up_for_retry", exitCode: 0 },
  { task: "rejects_aside", state: "failed", exitCode: 0 },
  { task: "fails_later", state: "success", exitCode: 0 },
  { task: "kills_itself", state: "failed", exitCode: -9, log: "ready" },
  {
    task: "kills_itself",
    when: "retries are left",
    options: RETRY,
    state: "up_for_retry",
    exitCode: -9,
  },
  { task: "blocks", options: MARKED_FAILED, state: "up_for_retry", exitCode: -9, log: "ready" },
  { task: "never_settles", options: SIGTERM, state: "up_for_retry", exitCode: 0, within: 3 },
  { task: "ignores", options: SIGTERM, state: "up_for_retry", exitCode: 0, log: "still at it 999" },
  {
    task: "spawns",
    options: { dag_run: { conf: { seconds: 30 } } },
    state: "success",
    exitCode: 0,
    within: 9,
  },
  { task: "closes_stdout", state: "success", exitCode: 0, isSeen: true },
  { task: "closes_stderr", state: "success", exitCode: 0, isSeen: true },
  { task: "closes_both", state: "success", exitCode: 0, isSeen: true },
  { task: "loses_its_folder", state: "success", exitCode: 0 },
  {
    task: "logs_last",
    when: "TMPDIR is not there",
    options: NO_FOLDER,
    state: "success",
    exitCode: 0,
  },
  { task: "logs_hostile_fields", state: "success", exitCode: 0, log: "still there" },
];

for (const version of AIRFLOW_VERSIONS) {
  for (const { task, when, options, state, exitCode, log, within = 10, isSeen } of FAULTS) {
    const name = when === undefined ? task : `${task} when ${when}`;
    Deno.test(`a fault under ${version}: ${name} ends ${state}`, async () => {
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

  Deno.test(`a fault under ${version}: logs_last, longer than Airflow's patience ends success`, async () => {
    const lines = 40_000;
    const result = await run(version, "logs_last", { dag_run: { conf: { lines } } });
    assertEquals([result.state, result.exit_code], ["success", 0]);
    const own = events(result).filter((event) => event.startsWith("line "));
    assertEquals([own.length, own.at(-1)], [lines, `line ${lines - 1}`]);
    assert(result.duration_seconds > 1, "the log took longer than task_success_overtime");
  });

  Deno.test(`a fault under ${version}: leaks ends up_for_retry, and nothing has leaked`, async () => {
    const secrets = ["hunter2-hunter2", "the-passphrase", "the-api-token", "told-by-the-task"];
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
