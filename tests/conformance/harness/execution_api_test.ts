// Checks that the in-memory Execution API has a route for each message of the supervisor, and that its
// replies fit Airflow's own models.

import { assertEquals } from "@std/assert";
import { type Step, writeScriptedBundle } from "./scripted_bundle.ts";
import { sharedHarnesses } from "./shared_harness.ts";
import type { Json, JsonObject, TaskRun } from "./task_run.ts";
import { TempDir } from "./temp_dir.ts";
import { AIRFLOW_VERSIONS } from "./venv.ts";

const airflow = sharedHarnesses();

const world: Omit<TaskRun, "bundle_root" | "dag_id" | "task_id"> = {
  variables: { a1: "x", a2: "y", b: "z" },
  xcoms: [0, 1, 2].map((map_index) => ({ task_id: "mapped", map_index, value: map_index * 10 })),
  task_store: { cursor: 7 },
  assets: [{ name: "orders", uri: "s3://orders" }],
  asset_aliases: { all: ["orders"] },
  asset_store: [{ name: "orders", key: "mark", value: "m" }],
  asset_events: [1, 2].map((day) => ({
    timestamp: `2026-01-0${day}T00:00:00Z`,
    asset: { name: "orders", uri: "s3://orders" },
    extra: { day },
  })),
  dag_runs: [{
    dag_id: "other",
    run_id: "before",
    state: "success",
    logical_date: "2025-12-31T00:00:00Z",
  }],
  dags: { other: {} },
  task_instances: [{ task_id: "start", state: "success" }, { task_id: "load", state: null }],
};

const mapped = { dag_id: "d", run_id: "$run_id", task_id: "mapped", key: "return_value" };
const ti_id = "$ti_id";

/** Message, and what its reply holds: `value`-like fields are looked up by name. */
const exchanges: [message: JsonObject, field: string | null, expected: Json][] = [
  [{ type: "GetVariableKeys", prefix: "a" }, "keys", ["a1", "a2"]],
  [{ type: "DeleteVariable", key: "b" }, "ok", true],
  [{ type: "GetXCom", ...mapped, map_index: 1 }, "value", 10],
  [{ type: "GetXComCount", ...mapped }, "len", 3],
  [{ type: "GetXComSequenceItem", ...mapped, offset: -1 }, "root", 20],
  [
    { type: "GetXComSequenceSlice", ...mapped, start: 1, stop: null, step: null },
    "root",
    [10, 20],
  ],
  [{ type: "DeleteXCom", ...mapped, map_index: 0 }, null, null],
  [{ type: "GetXCom", ...mapped, map_index: 0 }, "value", null],
  [{ type: "GetTaskStateStore", ti_id, key: "cursor" }, "value", 7],
  [{ type: "SetTaskStateStore", ti_id, key: "n", value: [1], expires_at: null }, "ok", true],
  [{ type: "DeleteTaskStateStore", ti_id, key: "cursor" }, "ok", true],
  [{ type: "GetTaskStateStore", ti_id, key: "cursor" }, "error", "TASK_STORE_NOT_FOUND"],
  [{ type: "GetAssetByName", name: "orders" }, "uri", "s3://orders"],
  [{ type: "GetAssetByUri", uri: "none" }, "error", "ASSET_NOT_FOUND"],
  [{ type: "GetAssetsByAlias", alias_name: "all" }, null, null],
  [{ type: "GetAssetStateStoreByName", name: "orders", key: "mark" }, "value", "m"],
  [{ type: "SetAssetStateStoreByUri", uri: "s3://orders", key: "k", value: 1 }, "ok", true],
  [{ type: "DeleteAssetStateStoreByName", name: "orders", key: "mark" }, "ok", true],
  [{ type: "GetAssetEventByAsset", name: "orders", uri: null, limit: 1 }, null, null],
  [{ type: "GetAssetEventByAssetAlias", alias_name: "all" }, null, null],
  [{ type: "GetDag", dag_id: "other" }, "dag_id", "other"],
  [{ type: "GetDagRun", dag_id: "other", run_id: "before" }, "state", "success"],
  [{ type: "GetDagRunState", dag_id: "other", run_id: "before" }, "state", "success"],
  [{ type: "GetDRCount", dag_id: "other", states: ["success"] }, "count", 1],
  [
    { type: "GetPreviousDagRun", dag_id: "other", logical_date: "2026-01-01T00:00:00Z" },
    null,
    null,
  ],
  [{ type: "GetPrevSuccessfulDagRun", ti_id }, null, null],
  [{ type: "TriggerDagRun", dag_id: "other", run_id: "new" }, "ok", true],
  [
    { type: "TriggerDagRun", dag_id: "other", run_id: "before" },
    "error",
    "DAGRUN_ALREADY_EXISTS",
  ],
  [{ type: "GetTICount", dag_id: "d", states: ["success"] }, "count", 1],
  [{ type: "GetTaskStates", dag_id: "d" }, null, null],
  [{ type: "GetTaskBreadcrumbs", dag_id: "d", run_id: "$run_id" }, null, null],
  [{ type: "GetPreviousTI", dag_id: "d", task_id: "start" }, null, null],
  [{ type: "GetTaskRescheduleStartDate", ti_id }, null, null],
  [{ type: "SkipDownstreamTasks", tasks: ["load", ["mapped", 1]] }, null, null],
  [{ type: "MaskSecret", value: "hush-hush", name: null }, null, null],
  [
    {
      type: "CreateHITLDetailPayload",
      ti_id,
      options: ["yes", "no"],
      subject: "Continue?",
      // Like the server, it refuses null for these two (422).
      params: {},
      assigned_users: [],
    },
    "subject",
    "Continue?",
  ],
];

for (const version of AIRFLOW_VERSIONS) {
  Deno.test(`ExecutionApi under ${version}: replies to every message of a task`, async () => {
    await using root = await TempDir.make();
    const steps = exchanges.flatMap(([message], n): Step[] => [
      { request: message },
      { log: { level: "info", event: `reply ${n}`, reply: "$body" } },
    ]);
    await writeScriptedBundle(root.path, version, {
      dagId: "d",
      tasks: { task: [...steps, { exit: 0 }] },
    });
    const run = { bundle_root: root.path, dag_id: "d", task_id: "task", ...world };
    const result = await airflow(version).runTask(run);
    const replies = new Map(result.log.map((line) => [line.event, line["reply"]]));
    const errors = result.log.filter((line) => line.event === "error reply");
    assertEquals(errors, []);
    const failed = result.api_calls.filter((call) => call.status === 0 || call.status >= 500);
    assertEquals(failed, []);
    for (const [n, [message, field, expected]] of exchanges.entries()) {
      if (field === null) continue;
      assertEquals(at(replies.get(`reply ${n}`), field), expected, JSON.stringify(message));
    }
    assertEquals(result.task_store, { n: [1] });
    assertEquals(result.asset_store, [{ name: "orders", key: "k", value: 1 }]);
    assertEquals(result.skipped, ["load", ["mapped", 1]]);
    assertEquals(result.dag_runs.map((row) => row["run_id"]), ["before", "new"]);
  });
}

function at(value: Json | undefined, field: string): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value[field]
    : undefined;
}
