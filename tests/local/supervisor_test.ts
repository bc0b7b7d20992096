import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TemporaryFolder } from "../../src/bundle/output_file.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { startupDetails } from "../../src/local/supervisor/startup_details.ts";
import {
  superviseTask,
  type SupervisorOptions,
  type TaskRun,
} from "../../src/local/supervisor/supervisor.ts";

const TASK = new URL("testdata/task.ts", import.meta.url).pathname;

function command(scenario: string): string[] {
  return [Deno.execPath(), "run", "--no-config", "--no-lock", "-A", TASK, scenario];
}

function run(
  scenario: string,
  options: Partial<SupervisorOptions> & { retries?: number } = {},
): Promise<TaskRun> {
  return superviseTask({
    command: command(scenario),
    startup: startupDetails({ dagId: "etl", taskId: "extract", retries: options.retries ?? 0 }),
    store: new MemoryStore(),
    ...options,
  });
}

// Airflow's terminal states, each from a real process.
const ENDINGS: [scenario: string, retries: number, state: string, exitCode: number | undefined][] =
  [
    ["succeed", 0, "success", 0],
    ["exit-0", 1, "failed", 0],
    ["exit-1", 0, "failed", 1],
    ["exit-1", 1, "up_for_retry", 1],
    ["succeed-exit-1", 1, "success", 1],
    ["succeed-null-outlets", 0, "failed", 0],
    ["succeed-twice", 0, "success", 0],
    ["failed", 1, "failed", 0],
    ["failed-exit-1", 0, "failed", 1],
    ["failed-exit-1", 1, "up_for_retry", 1],
    ["skipped", 0, "skipped", 0],
    ["removed", 0, "removed", 0],
    ["state-success", 1, "failed", 0],
    ["retry", 0, "up_for_retry", 0],
    ["kill-self", 0, "failed", undefined],
    ["kill-self", 1, "up_for_retry", undefined],
    ["map-frame", 1, "failed", 0],
  ];

for (const [scenario, retries, state, exitCode] of ENDINGS) {
  Deno.test(`superviseTask(): ends ${scenario} with ${retries} retries as ${state}`, async () => {
    const result = await run(scenario, { retries });
    assertEquals([result.state, result.exitCode], [state, exitCode], result.reason);
  });
}

Deno.test("superviseTask(): returns the terminal message and the retry delay", async () => {
  const result = await run("retry");
  assertEquals(result.terminal?.type, "RetryTask");
  assertEquals(result.retryDelaySeconds, 7);
});

Deno.test("superviseTask(): refuses a second terminal message and keeps the first", async () => {
  const result = await run("succeed-twice");
  const second = result.log.find((record) => record.event === "second");
  assertStringIncludes(JSON.stringify(second?.fields["error"]), '"status_code":409');
  assertEquals(result.terminal?.type, "SucceedTask");
});

Deno.test("superviseTask(): logs a message that receives no reply", async () => {
  const result = await run("state-success");
  assertEquals(result.requests.map((request) => request.answered), ["none"]);
  const record = result.log.find((record) => record.event.includes("never answer"));
  assertEquals(record?.fields["type"], "TaskState");
  assertStringIncludes(String(record?.fields["reason"]), "state");
});

Deno.test("superviseTask(): logs stdout as INFO and stderr as ERROR", async () => {
  const result = await run("print");
  const printed = result.log
    .filter(({ source }) => source === "stdout" || source === "stderr")
    .map(({ level, logger, event }) => [level, logger, event])
    .sort();
  assertEquals(printed, [
    ["error", "task.stderr", "to stderr"],
    ["info", "task.stdout", "to stdout"],
    ["info", "task.stdout", "unfinished"],
  ]);
  assertEquals([result.stdout, result.stderr], [["to stdout", "unfinished"], ["to stderr"]]);
});

Deno.test("superviseTask(): starts the process with Airflow's arguments and settings", async () => {
  await using folder = await TemporaryFolder.create();
  const cwd = await Deno.realPath(folder.path);
  const result = await superviseTask({
    command: command("environment"),
    env: { PEER_TEST: "yes" },
    cwd,
    startup: startupDetails({ dagId: "etl", taskId: "extract" }),
    store: new MemoryStore(),
  });
  assertEquals(result.log[0]?.fields, { logging: "INFO", own: "yes", cwd, args: 3 });
});

Deno.test("superviseTask(): fails the task when its process exits before connecting", async () => {
  const result = await run("exit-before-connect", { retries: 1 });
  assertEquals([result.state, result.connected, result.exitCode], ["failed", false, 3]);
  assertStringIncludes(result.reason, "exited with 3 before connecting");
  assertEquals(result.stderr, ["no such bundle"]);
});

Deno.test("superviseTask(): terminates a process that does not connect in time", async () => {
  const result = await run("never-connect", { startupTimeoutSeconds: 0.2 });
  assertEquals([result.state, result.connected, result.signal], ["failed", false, "SIGTERM"]);
  assertStringIncludes(result.reason, "did not connect within 0.2 s");
});

Deno.test("superviseTask(): sends SIGTERM when aborted and reads the whole log", async () => {
  const abort = new AbortController();
  const result = await run("wait-for-sigterm", {
    signal: abort.signal,
    onLog: (record) => record.event === "waiting" && abort.abort(),
  });
  assertEquals([result.state, result.exitCode], ["failed", 1]);
  assert(result.log.some((record) => record.event === "cleaning up"));
});

Deno.test("superviseTask(): kills a process that ignores SIGTERM", async () => {
  const abort = new AbortController();
  const result = await run("ignore-sigterm", {
    signal: abort.signal,
    killGraceSeconds: 0.1,
    onLog: (record) => record.event === "waiting" && abort.abort(),
  });
  assertEquals([result.state, result.signal], ["failed", "SIGKILL"]);
});

Deno.test("superviseTask(): terminates a process that outlives its terminal message", async () => {
  const result = await run("outlive-terminal", { overtimeSeconds: 0.1 });
  assertEquals([result.state, result.signal], ["failed", "SIGTERM"]);
  assertStringIncludes(result.reason, "still running 0.1 s after its terminal message");
});

Deno.test("superviseTask(): does not wait for an orphan that holds the pipes", async () => {
  const result = await run("orphan", { drainSeconds: 0.1 });
  assertEquals(result.state, "success");
  assert(result.durationSeconds < 2, `${result.durationSeconds} s`);
  assert(result.log.some((record) => record.event.includes("open sockets")));
});

for (const [retries, state] of [[0, "failed"], [1, "up_for_retry"]] as const) {
  Deno.test(`superviseTask(): terminates a task with ${retries} retries that overruns its execution_timeout`, async () => {
    const result = await run("overrun", { retries, date: "2026-10-30", killGraceSeconds: 0.05 });
    assertEquals([result.state, result.signal], [state, "SIGTERM"]);
    const record = result.log.find(({ event }) => event.includes("execution_timeout"));
    assertEquals(record?.fields, { timeout_seconds: 0.05, grace_period_seconds: 0.05 });
  });
}

Deno.test("superviseTask(): shows the states of the task to later requests", async () => {
  const store = new MemoryStore();
  const states: unknown[] = [];
  const note = (): void => void states.push(store.taskInstances("etl")[0]?.state);
  await run("succeed", { store, onRequest: note });
  note();
  assertEquals(states, ["running", "success"]);
});

Deno.test("superviseTask(): throws when the program does not exist", async () => {
  let code: unknown;
  try {
    await superviseTask({
      command: ["/nowhere/airflow-task-runtime"],
      startup: startupDetails({ dagId: "etl", taskId: "extract" }),
      store: new MemoryStore(),
    });
  } catch (error) {
    code = Object(error).code;
  }
  assertEquals(code, "NOT_FOUND");
});
