import { assert, assertEquals, assertMatch } from "@std/assert";
import { taskCommand } from "../../author_command.ts";
import { type Ran, runTask } from "../run_task.ts";

const command = taskCommand(new URL("../testdata/dag_runs.ts", import.meta.url));
const FIXTURES = {
  dags: { other: {} },
  dagRuns: [
    { dag_id: "other", run_id: "before", logical_date: "2025-12-31T00:00:00Z", state: "success" },
    { dag_id: "other", run_id: "broken", logical_date: "2025-12-30T00:00:00Z", state: "failed" },
    { dag_id: "other", run_id: "endless", logical_date: null, state: "running" },
  ],
};

function run(taskId: string, options: Parameters<typeof runTask>[1] = {}): Promise<Ran> {
  return runTask(taskId, { fixtures: FIXTURES, ...options, command });
}

function types({ requests }: Ran): string[] {
  return requests.map(({ type }) => type);
}

Deno.test("ctx.dagRuns: reads runs, and names a missing one", async () => {
  const { returned } = await run("reads");
  assert(typeof returned === "object" && returned !== null);
  const read = new Map(Object.entries(returned));
  assertEquals(read.get("run"), ["other", "before", "success", "2025-12-31T00:00:00Z"]);
  assertEquals([read.get("previous"), read.get("dag")], ["before", false]);
  assertMatch(JSON.stringify(read.get("missing")), /^(.*NOT_FOUND){3}/);
});

Deno.test("ctx.dagRuns.trigger(): triggers a run, and names one that already exists", async () => {
  const { returned, requests } = await run("triggers");
  assertEquals(returned, [{ dagId: "other", runId: "new", state: null }, true, null]);
  assertEquals(requests[0]?.body?.["conf"], { region: "eu", nested: { a: [1] } });
  assertMatch(JSON.stringify((await run("triggers_twice")).returned), /^\[\["CONFLICT"/);
  assertEquals((await run("triggers_or_skips")).state, "skipped");
});

Deno.test("ctx.dagRuns.setNote(): throws UNSUPPORTED when the schema version is older", async () => {
  assertMatch(JSON.stringify((await run("notes")).returned), /^\["UNSUPPORTED"/);
  const noted = await run("notes", { date: "2026-10-30" });
  assertEquals(types(noted), ["UpdateDagRunNote", "SucceedTask"]);
});

Deno.test("ctx.skipDownstream(): skips only when the task succeeds", async () => {
  const skipped = await run("skips");
  assertEquals(types(skipped), ["SetXCom", "SkipDownstreamTasks", "SucceedTask"]);
  assertEquals(skipped.requests[0]?.body?.["value"], { skipped: ["load", "mapped"] });
  assertEquals(skipped.requests[1]?.body?.["tasks"], ["load", ["mapped", 1]]);
  assertEquals(types(await run("skips_and_fails")), ["TaskState"]);
});

Deno.test("branch(): skips the other tasks, and refuses an unknown one", async () => {
  const chosen = await run("branches");
  assertEquals(chosen.returned, "delta");
  assertEquals(chosen.requests.at(-2)?.body?.["tasks"], ["full", "none"]);
  assertEquals(types(await run("branches_astray")), ["TaskState"]);
});

Deno.test("ctx.setMapIndexLabel(): keeps the label in the terminal message", async () => {
  const shown = await run("shows", { mapIndex: 0 });
  assertEquals(shown.requests.at(-1)?.body?.["rendered_map_index"], "eu-west");
  const failed = await run("shows_and_fails", { mapIndex: 0, retries: 1 });
  assertEquals(failed.requests.at(-1)?.body?.["rendered_map_index"], "eu-west");
});

for (const taskId of ["obeys_timeout", "returns_late", "ignores_timeout"]) {
  Deno.test(`ctx.setExecutionTimeout(): fails a handler that ${taskId.replace("_", " ")}`, async () => {
    // A handler that continues has a part of the time that Airflow leaves it after SIGTERM.
    const env = { AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "1" };
    const { state, requests, exitCode } = await run(taskId, { retries: 1, env });
    assertEquals([state, exitCode], ["up_for_retry", 0]);
    assertMatch(
      String(requests.at(-1)?.body?.["retry_reason"]),
      /^TaskRuntimeError: Cannot continue the task: it ran longer than its execution timeout of 0\.\d+ s$/,
    );
  });
}

Deno.test("ctx.setExecutionTimeout(): sends each timeout when the schema version is newer", async () => {
  const older = await run("is_in_time");
  assertEquals([older.state, types(older)], ["success", ["SetXCom", "SucceedTask"]]);
  const { requests, state } = await run("is_in_time", { date: "2026-10-30" });
  assertEquals(state, "success");
  const told = requests.filter(({ type }) => type === "SetExecutionTimeout");
  assertEquals(told.map(({ body }) => body?.["timeout_seconds"]), [0.5, 60]);
});
