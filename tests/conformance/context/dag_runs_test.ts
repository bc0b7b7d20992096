// Dag runs, other task instances, branching, run time and traces, under Airflow's real
// supervise_task().

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { sharedArea } from "../harness/area.ts";
import type { Json, TaskResult } from "../harness/task_run.ts";
import { AIRFLOW_VERSIONS } from "../harness/venv.ts";

const run = sharedArea("dag_runs");
const WORLD = {
  dags: { other: {} },
  dag_runs: [
    { dag_id: "other", run_id: "before", logical_date: "2025-12-31T00:00:00Z", state: "success" },
    { dag_id: "other", run_id: "broken", logical_date: "2025-12-30T00:00:00Z", state: "failed" },
    { dag_id: "other", run_id: "endless", logical_date: null, state: "running" },
  ],
};
const CARRIER = {
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "a=b",
};

/** The bodies of the calls to paths that end so. */
function bodies({ api_calls }: TaskResult, end: string): Json[] {
  return api_calls.filter(({ path }) => path.endsWith(end)).map(({ body }) => body);
}

function xcom({ xcoms }: TaskResult, key: string): Json | undefined {
  return xcoms.find((row) => row.key === key)?.value;
}

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`ctx.dagRuns under ${version}: reads runs and Dags [capability.dag-run-read]`, async () => {
    const { returned } = await run(version, "reads", {
      dag_runs: WORLD.dag_runs.slice(0, 1),
      dags: WORLD.dags,
    });
    assert(typeof returned === "object" && returned !== null && !Array.isArray(returned));
    const { missing, ...found } = returned;
    assertEquals(found, {
      run: ["other", "before", "success", "2025-12-31T00:00:00Z"],
      own: ["running", null],
      state: "success",
      counts: [1, 0],
      previous: "before",
      none: null,
      dag: false,
    });
    assert(Array.isArray(missing) && missing.length === 3);
    for (const failure of missing) {
      assertMatch(JSON.stringify(failure), /^\["NOT_FOUND","Cannot get dag/);
    }
  });

  Deno.test(`ctx.dagRuns under ${version}: reads the last successful run, or null`, async () => {
    const date = "2025-12-31T00:00:00Z";
    const found = await run(version, "reads_successful", {
      dag_runs: [{ dag_id: "runtime", run_id: "a", state: "success", data_interval_end: date }],
    });
    assertEquals([found.returned, found.state], [date, "success"]);
    const none = await run(version, "reads_successful");
    assertEquals([none.returned, none.state], [undefined, "success"]);
  });

  Deno.test(`ctx.dagRuns under ${version}: triggers a run`, async () => {
    const result = await run(version, "triggers", { dags: WORLD.dags });
    assertEquals(result.returned, [{ dagId: "other", runId: "new", state: null }, true, null]);
    const [first] = result.dag_runs;
    assertEquals([first?.["conf"], first?.["note"], first?.["logical_date"]], [
      { region: "eu", nested: { a: [1] } },
      "made by a test",
      "2026-02-02T00:00:00Z",
    ]);
    assertEquals(result.dag_runs.length, 2);
  });

  Deno.test(`ctx.dagRuns under ${version}: reports that a run exists, and clears it`, async () => {
    const { returned, dag_runs } = await run(version, "triggers_twice", WORLD);
    assert(Array.isArray(returned));
    assertStringIncludes(
      JSON.stringify(returned[0]),
      'CONFLICT","Cannot trigger Dag \\"other\\": run \\"before\\" already exists',
    );
    assertEquals(returned.slice(1), [
      { dagId: "other", runId: "before", state: null },
      [
        "INVALID",
        'Cannot trigger Dag "other": field "at[0]" must be a JSON value, not a point in time',
      ],
    ]);
    assertEquals(dag_runs[0]?.["state"], "queued");
  });

  Deno.test(`ctx.dagRuns under ${version}: skips the task when the run exists and skipIfExists is set`, async () => {
    assertEquals((await run(version, "triggers_or_skips", WORLD)).state, "skipped");
    assertEquals((await run(version, "triggers_or_skips", { dags: WORLD.dags })).state, "success");
  });

  Deno.test(`ctx.dagRuns under ${version}: waits for a run to finish [capability.dag-run-trigger]`, async () => {
    const { returned } = await run(version, "waits", WORLD);
    assertEquals(returned, [
      "success",
      ["CONFLICT", 'Cannot wait for Dag run "broken" of "other": it finished in state "failed"'],
      [
        "TIMEOUT",
        'Cannot wait for Dag run "endless" of "other": it is still in state "running" after 0.1 s',
      ],
      { dagId: "other", runId: "waited", state: "queued" },
    ]);
  });

  Deno.test(`ctx.dagRuns under ${version}: rejects a note with the older schema version`, async () => {
    const { returned, note } = await run(version, "notes");
    assertMatch(JSON.stringify(returned), /^\["UNSUPPORTED","Cannot send UpdateDagRunNote/);
    assertEquals(note, null);
  });

  Deno.test(`ctx.tasks under ${version}: reads task instances and states [capability.task-instance-read]`, async () => {
    const { returned } = await run(version, "looks_around", {
      task_instances: [
        { task_id: "start", state: "success" },
        { task_id: "load", state: null },
        { task_id: "start", run_id: "earlier", state: "success", try_number: 2 },
      ],
    });
    assertEquals(returned, {
      counts: [1, 0],
      states: [["start", "success"], ["load", null]],
      previous: ["earlier", "success", 2],
      crumbs: [["start", "success", -1], ["load", null, -1]],
      rescheduled: null,
    });
  });

  Deno.test(`ctx.skipDownstream() under ${version}: skips tasks only when the task succeeds`, async () => {
    const skipped = await run(version, "skips");
    assertEquals([skipped.state, skipped.skipped], ["success", ["load", ["mapped", 1]]]);
    assertEquals(xcom(skipped, "skipmixin_key"), { skipped: ["load", "mapped"] });
    const failed = await run(version, "skips_and_fails");
    assertEquals([failed.state, failed.skipped], ["failed", []]);
    const mapped = await run(version, "skips", { map_index: 3 });
    assertEquals(mapped.skipped, [["load", 3], ["mapped", 1]]);
    const bad = await run(version, "skips_badly");
    assertMatch(JSON.stringify(bad.returned), /^\["INVALID","Cannot skip task/);
  });

  Deno.test(`branch() under ${version}: skips the tasks that were not chosen [capability.downstream-skip]`, async () => {
    const chosen = await run(version, "branches");
    assertEquals([chosen.state, chosen.skipped], ["success", ["full", "none"]]);
    assertEquals([chosen.returned, xcom(chosen, "skipmixin_key")], ["delta", {
      skipped: ["full", "none"],
    }]);
    const none = await run(version, "branches_to_none");
    assertEquals([none.state, none.skipped], ["success", ["full", "delta"]]);
    const astray = await run(version, "branches_astray");
    assertEquals([astray.state, astray.skipped], ["failed", []]);
  });

  Deno.test(`ctx under ${version}: sets rendered fields and the label of the map index [capability.rendered-fields]`, async () => {
    const shown = await run(version, "shows", { map_index: 0 });
    assertEquals(bodies(shown, "/rtif"), [{ sql: "select 1", options: { limit: 1 } }]);
    assertEquals(bodies(shown, "/rendered-map-index"), ["eu-west"]);
    assertEquals(shown.ti["rendered_map_index"], "eu-west");
    assertMatch(JSON.stringify(shown.returned), /^\[\["INVALID",.*\["INVALID",/);
    const failed = await run(version, "shows_and_fails", { map_index: 0, max_tries: 1 });
    assertEquals([failed.state, failed.ti["rendered_map_index"]], ["up_for_retry", "eu-west"]);
  });

  for (const [task, patience] of [["obeys", 2], ["returns_late", 2], ["ignores", 5]] as const) {
    const taskId = task === "returns_late" ? task : `${task}_timeout`;
    Deno.test(`ctx.setExecutionTimeout() under ${version}: terminates ${taskId} [capability.execution-timeout]`, async () => {
      const result = await run(version, taskId, { max_tries: 1 });
      assertEquals([result.state, result.exit_code, result.returned], [
        "up_for_retry",
        0,
        undefined,
      ]);
      assertMatch(String(result.ti["retry_reason"]), /ran longer than its execution timeout/);
      assert(result.duration_seconds < patience, `${result.duration_seconds} s`);
    });
  }

  Deno.test(`ctx.setExecutionTimeout() under ${version}: does nothing when the task returns in time`, async () => {
    const { state, returned } = await run(version, "is_in_time");
    assertEquals(state, "success");
    assertMatch(JSON.stringify(returned), /^\[\["INVALID",.*\["INVALID",/);
  });

  Deno.test(`requests under ${version}: carry the trace context of the task [capability.trace-context]`, async () => {
    const traced = await run(version, "reads", { ...WORLD, context_carrier: CARRIER });
    assertEquals([traced.state, traced.error], ["success", null]);
    const odd = { traceparent: "nonsense", tracestate: 7, baggage: null };
    const untraced = await run(version, "reads", { ...WORLD, context_carrier: odd });
    assertEquals([untraced.state, untraced.error], ["success", null]);
  });
}

Deno.test("ctx under 3.4.0b2: sets the note and sends the timeout with the newer schema version", async () => {
  const noted = await run("3.4.0b2", "notes", { schema: "2026-10-30" });
  assertEquals([noted.state, noted.note, noted.returned], ["success", "42 rows", undefined]);
  const limited = await run("3.4.0b2", "is_in_time", { schema: "2026-10-30" });
  assertEquals(limited.state, "success");
});
