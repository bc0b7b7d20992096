// The runtime under Airflow's real supervise_task(): the results of tasks, and the state that Airflow
// gives them. The handlers are those of tests/runtime/testdata/tasks.ts.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { packBundle } from "../harness/packed_bundle.ts";
import { type Launch, sharedLaunches } from "../harness/launches.ts";
import { stallReport } from "../harness/stalls.ts";
import { proof } from "../harness/proof.ts";
import type { LogLine, TaskResult, TaskRun } from "../harness/task_run.ts";
import { taskRuntime } from "../harness/venv.ts";

const TASKS = new URL("../../runtime/testdata/tasks.ts", import.meta.url);

const LAUNCHES = sharedLaunches();
let root = "";

Deno.test.beforeAll(async () => {
  root = await Deno.makeTempDir({ prefix: "airflow-bundles-" });
  await packBundle(TASKS, `${root}/runtime`);
  await packBundle(TASKS, `${root}/runtime.min.mjs`, "node");
});

Deno.test.afterAll(async () => {
  await Deno.remove(root, { recursive: true });
});

function run(
  launch: Launch,
  taskId: string,
  options: Partial<TaskRun> = {},
): Promise<TaskResult> {
  return launch.airflow().runTask({
    bundle_root: root,
    dag_id: "runtime",
    task_id: taskId,
    ...options,
  });
}

/** Counts the state updates that reached the Execution API; there must be one. */
function stateCalls({ api_calls }: TaskResult): number {
  return api_calls.filter(({ method, path }) => method === "PATCH" && path.endsWith("/state"))
    .length;
}

function find({ log }: TaskResult, event: string): LogLine {
  const line = log.find((candidate) => candidate.event === event);
  assert(line !== undefined, `no "${event}" in ${JSON.stringify(log)}`);
  return line;
}

interface Ending {
  /** The capability that it proves, see capabilities.yaml. */
  id?: string;
  task: string;
  /** Retries of the task; 0 by default. */
  retries?: number;
  state: string;
  exitCode?: number;
  reason?: string;
}

const ENDINGS: Ending[] = [
  { id: "capability.success", task: "returns", state: "success" },
  { task: "returns_nothing", state: "success" },
  { task: "returns_function", state: "failed" },
  { id: "capability.failed", task: "throws", state: "failed" },
  {
    id: "capability.up_for_retry",
    task: "throws",
    retries: 1,
    state: "up_for_retry",
    reason: "TypeError: it broke",
  },
  { task: "throws_text", retries: 1, state: "up_for_retry", reason: "just text" },
  { id: "capability.removed", task: "unknown_to_the_bundle", state: "removed" },
  { task: "exits_zero", state: "failed" },
  { task: "exits_zero", retries: 1, state: "up_for_retry" },
  { task: "exits_node", state: "failed" },
  { task: "exits_and_catches", state: "failed" },
  { task: "rejects_aside", state: "failed" },
  { task: "throws_aside", retries: 1, state: "up_for_retry" },
  { task: "leaves_timers", state: "success" },
  { task: "fails_later", state: "success" },
  { task: "asks_and_leaves", state: "success" },
];

for (const launch of LAUNCHES) {
  const { name: launched } = launch;
  for (const { id, task, retries = 0, state, exitCode = 0, reason } of ENDINGS) {
    const name = retries > 0 ? `${task}, retries left` : task;
    Deno.test(`${launched}: reports ${state} for ${name}${proof(id)}`, async () => {
      const result = await run(launch, task, { max_tries: retries });
      assertEquals(
        [result.state, result.exit_code, result.error],
        [state, exitCode, null],
        JSON.stringify(result, null, 2),
      );
      assertEquals(stateCalls(result), 1);
      if (reason !== undefined) assertEquals(result.ti["retry_reason"], reason);
    });
  }

  Deno.test(`${launched}: pushes the return value [capability.self-contained-bundle]`, async () => {
    const { xcoms } = await run(launch, "returns");
    assertEquals(xcoms.map(({ key, value }) => [key, value]), [
      ["return_value", { rows: 42, big: 2 ** 60, nested: [1, { a: null }] }],
    ]);
  });

  Deno.test(`${launched}: reads connections, variables and XComs [capability.connection-read]`, async () => {
    const result = await run(launch, "reads", {
      connections: {
        warehouse: { conn_type: "postgres", host: "db", port: 5432, extra: '{"a":1}' },
      },
      variables: { settings: '{"a":1}' },
      xcoms: [
        { task_id: "start", value: { region: "eu" } },
        { task_id: "mapped", map_index: 1, value: "second" },
      ],
    });
    const value = result.xcoms.find(({ task_id }) => task_id === "reads")?.value;
    assertEquals(value, {
      connection: {
        connId: "warehouse",
        connType: "postgres",
        host: "db",
        schema: null,
        login: null,
        password: null,
        port: 5432,
        extra: { a: 1 },
      },
      json: { a: 1 },
      fallback: "fallback",
      upstream: { region: "eu" },
      mapped: "second",
      missing: "none",
    });
  });

  Deno.test(`${launched}: writes variables and XComs [capability.variable-read-write]`, async () => {
    const result = await run(launch, "writes", { variables: { settings: "x", kept: "y" } });
    assertEquals([result.state, result.variables], [
      "success",
      { kept: "y", plain: "text", json: '{"a":[1]}' },
    ]);
    const keys = result.xcoms.map(({ key }) => key).sort();
    assertEquals(keys, ["extra", "return_value"]);
  });

  Deno.test(`${launched}: reports the id of a missing connection, variable or XCom`, async () => {
    const result = await run(launch, "misses");
    const [xcom] = result.xcoms;
    assertStringIncludes(JSON.stringify(xcom?.value), 'Cannot get connection \\"nowhere\\"');
    assertStringIncludes(JSON.stringify(xcom?.value), 'Cannot get variable \\"nothing\\"');
  });

  Deno.test(`${launched}: logs with level, logger, fields and exception [capability.task-logging]`, async () => {
    const result = await run(launch, "logs");
    assertEquals(result.state, "success");
    const plain = find(result, "plain");
    assertEquals([plain.level, plain.logger, plain["rows"], plain["msg_"]], [
      "info",
      "task",
      1,
      "renamed",
    ]);
    assertEquals(find(result, "with fields").logger, "task.http");
    assertStringIncludes(JSON.stringify(find(result, "with error")["error_detail"]), "RangeError");
    assertEquals(result.log.some(({ event }) => event === "not wanted"), false);
  });

  Deno.test(`${launched}: logs console, stdout and stderr`, async () => {
    const result = await run(launch, "prints");
    assertEquals(find(result, "careful").level, "warning");
    assertEquals(find(result, "raw out").level, "info");
    assertEquals(find(result, "raw err").level, "error");
  });

  Deno.test(`${launched}: delivers every line of the last tick`, async () => {
    const { log } = await run(launch, "logs_many");
    const lines = log.filter(({ event }) => event.startsWith("line "));
    assertEquals([lines.length, lines.at(-1)?.event], [5000, "line 4999"]);
  });

  Deno.test(`${launched}: clears XComs where Airflow does not`, async () => {
    const { api_calls } = await run(launch, "returns_nothing", {
      ti_context: { xcom_keys_to_clear: ["left_over"] },
    });
    const cleared = api_calls.filter(({ method, path }) =>
      method === "DELETE" && path.endsWith("/left_over")
    );
    assertEquals(cleared.length, 1);
  });

  for (const [task, patience] of [["waits_for_signal", 2], ["ignores_signal", 4.5]] as const) {
    Deno.test(`${launched}: terminates ${task} on SIGTERM [capability.termination-signal]`, async () => {
      const result = await run(launch, task, {
        max_tries: 1,
        api_overrides: [{ path: "heartbeat", times: 1, signal: "SIGTERM" }],
      });
      assertEquals([result.state, result.exit_code], ["up_for_retry", 0]);
      find(result, "waiting");
      assertMatch(String(result.ti["retry_reason"]), /Airflow terminated it \(SIGTERM\)/);
      const sent = result.api_calls.find(({ path }) => path.endsWith("heartbeat"))?.at ?? 0;
      assert(result.duration_seconds - sent < patience, `${result.duration_seconds - sent} s`);
    });
  }

  Deno.test({
    name: `${launched}: Airflow notices at least 99 of 100 exits at once`,
    async fn() {
      for (const task of ["returns", "leaves_timers"]) {
        const results: TaskResult[] = [];
        for (let i = 0; i < 100; i++) results.push(await run(launch, task));
        assert(results.every(({ state }) => state === "success"), task);
        const report = stallReport(results, launch.airflow().heartbeatInterval);
        assert(report.stalled <= 1, `${task}: ${JSON.stringify(report)}`);
      }
    },
  });
}

Deno.test("NodeCoordinator under 3.4.0b2: launches the runtime [capability.node-coordinator]", async () => {
  const latest = LAUNCHES.find(({ name }) => name === "the runtime under 3.4.0b2");
  assert(latest !== undefined);
  const options: Partial<TaskRun> = { kind: "node", node_executable: taskRuntime() };
  const succeeded = await run(latest, "returns", options);
  assertEquals([succeeded.state, succeeded.exit_code], ["success", 0]);
  const retried = await run(latest, "throws", { ...options, max_tries: 1 });
  assertEquals([retried.state, retried.exit_code], ["up_for_retry", 0]);
});
