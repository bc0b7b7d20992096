import { assertEquals } from "@std/assert";
import { answer } from "../../src/local/api/answers.ts";
import { connectionOf } from "../../src/local/fixtures/connection.ts";
import type { SupervisorReply } from "../../src/local/api/reply.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";
import { MemoryStore } from "../../src/local/store/store.ts";

const ADDRESS = { key: "rows", dag_id: "etl", run_id: "run", task_id: "extract" };
const TI_ID = "0198c5d0-0000-7000-8000-000000000001";

type Ask = (request: Parameters<typeof answer>[0]) => SupervisorReply;

const at = (text: string): Temporal.Instant => Temporal.Instant.from(text);

function open(): { store: MemoryStore; ask: Ask } {
  const store = new MemoryStore();
  const task = { id: TI_ID, dagId: "etl", runId: "run", taskId: "extract", mapIndex: -1 };
  const state = { store, masker: new SecretsMask(), task };
  store.setTaskInstance({ ...task, state: "running" });
  return { store, ask: (request) => answer(request, state) };
}

const status = (reply: SupervisorReply): unknown => Object(reply.error?.["detail"]).status_code;

Deno.test("answer(): returns all of Airflow's fields of a connection", () => {
  const { store, ask } = open();
  store.setConnection(connectionOf("warehouse", "postgres://db:5432/sales", "test"));
  assertEquals(ask({ type: "GetConnection", conn_id: "warehouse" }).body, {
    conn_id: "warehouse",
    conn_type: "postgres",
    host: "db",
    schema: "sales",
    login: null,
    password: null,
    port: 5432,
    extra: null,
    type: "ConnectionResult",
  });
});

Deno.test("answer(): puts, lists, gets and deletes variables", () => {
  const { ask } = open();
  const put = (key: string, value: string | null): SupervisorReply =>
    ask({ type: "PutVariable", key, value, description: null });
  assertEquals(put("b_two", "2"), { body: null, error: null });
  put("b_one", null);
  put("a", "1");
  assertEquals(ask({ type: "GetVariableKeys", prefix: "b_", limit: 1, offset: 1 }).body, {
    keys: ["b_two"],
    total_entries: 2,
    type: "VariableKeysResult",
  });
  // Airflow stores the Python text of null.
  assertEquals(ask({ type: "GetVariable", key: "b_one" }).body?.["value"], "None");
  assertEquals(ask({ type: "DeleteVariable", key: "a" }).body, { ok: true, type: "OKResponse" });
  assertEquals(ask({ type: "GetVariable", key: "a" }).body?.["error"], "VARIABLE_NOT_FOUND");
  assertEquals(status(ask({ type: "GetVariableKeys", limit: 0 })), 422);
});

Deno.test("answer(): keeps XComs by map index and returns null when one is missing", () => {
  const { ask } = open();
  for (const index of [2, 0, 1]) {
    ask({ type: "SetXCom", value: index * 10, map_index: index, ...ADDRESS });
  }
  assertEquals(ask({ type: "GetXCom", map_index: 1, ...ADDRESS }).body?.["value"], 10);
  assertEquals(ask({ type: "GetXCom", ...ADDRESS }), {
    body: { key: "rows", value: null, type: "XComResult" },
    error: null,
  });
  assertEquals(ask({ type: "GetXComCount", ...ADDRESS }).body?.["len"], 3);
  const item = (offset: number): SupervisorReply =>
    ask({ type: "GetXComSequenceItem", offset, ...ADDRESS });
  assertEquals([item(0).body?.["root"], item(-1).body?.["root"]], [0, 20]);
  assertEquals(item(3).body?.["error"], "XCOM_NOT_FOUND");
  ask({ type: "DeleteXCom", map_index: 0, ...ADDRESS });
  assertEquals(item(0).body?.["root"], 10);
});

Deno.test("answer(): slices XComs of mapped tasks as Python does", () => {
  const { ask } = open();
  for (let index = 0; index < 5; index++) {
    ask({ type: "SetXCom", value: index, map_index: index, ...ADDRESS });
  }
  const slice = (start: number | null, stop: number | null, step: number | null): unknown =>
    ask({ type: "GetXComSequenceSlice", start, stop, step, ...ADDRESS }).body?.["root"];
  assertEquals(slice(null, null, null), [0, 1, 2, 3, 4]);
  assertEquals(slice(1, -1, null), [1, 2, 3]);
  assertEquals(slice(-2, null, null), [3, 4]);
  assertEquals(slice(null, null, -2), [4, 2, 0]);
  assertEquals(slice(3, 0, -1), [3, 2, 1]);
  assertEquals(slice(9, null, null), []);
});

Deno.test("answer(): refuses null and other tasks in a task's state store", () => {
  const { ask } = open();
  const entry = { ti_id: TI_ID, key: "cursor" };
  const missing = ask({ type: "GetTaskStateStore", ...entry });
  assertEquals(missing.body?.["error"], "TASK_STORE_NOT_FOUND");
  ask({ type: "SetTaskStateStore", value: { page: 3 }, expires_at: null, ...entry });
  assertEquals(ask({ type: "GetTaskStateStore", ...entry }).body?.["value"], { page: 3 });
  const null_ = ask({ type: "SetTaskStateStore", value: null, expires_at: null, ...entry });
  assertEquals(status(null_), 422);
  const other = "0198c5d0-0000-7000-8000-000000000002";
  assertEquals(status(ask({ type: "GetTaskStateStore", ti_id: other, key: "cursor" })), 403);
  ask({ type: "ClearTaskStateStore", ti_id: TI_ID });
  assertEquals(ask({ type: "GetTaskStateStore", ...entry }), missing);
});

Deno.test("answer(): searches earlier runs for an XCom when requested", () => {
  const { store, ask } = open();
  for (const [runId, day] of [["run", 3], ["old", 1], ["middle", 2], ["later", 4]] as const) {
    store.setDagRun({
      dagId: "etl",
      runId,
      state: "success",
      logicalDate: at(`2026-01-0${day}T00:00Z`),
    });
    const series = { dagId: "etl", runId, taskId: "extract", key: "rows", mapIndex: -1 };
    if (runId !== "run") store.setXCom({ ...series, value: runId });
  }
  const get = (more: { include_prior_dates?: boolean }): unknown =>
    ask({ type: "GetXCom", ...ADDRESS, ...more }).body?.["value"];
  assertEquals([get({}), get({ include_prior_dates: true })], [null, "middle"]);
});

Deno.test("answer(): finds the state store of an asset by name and by URI", () => {
  const { store, ask } = open();
  const sales = { name: "sales", uri: "s3://sales", group: "asset", extra: {}, active: true };
  store.setAsset(sales);
  ask({ type: "SetAssetStateStoreByName", name: "sales", key: "mark", value: 7 });
  const byUri = ask({ type: "GetAssetStateStoreByUri", uri: "s3://sales", key: "mark" });
  assertEquals(byUri.body, { value: 7, type: "AssetStateStoreResult" });
  ask({ type: "DeleteAssetStateStoreByUri", uri: "s3://sales", key: "mark" });
  const gone = ask({ type: "GetAssetStateStoreByName", name: "sales", key: "mark" });
  assertEquals(gone.body?.["error"], "ASSET_STORE_NOT_FOUND");
  store.setAsset({ ...sales, active: false });
  const inactive = ask({ type: "SetAssetStateStoreByName", name: "sales", key: "mark", value: 7 });
  assertEquals(status(inactive), 404);
  assertEquals(ask({ type: "ValidateInletsAndOutlets", ti_id: TI_ID }).body?.["inactive_assets"], [
    { name: "sales", uri: "s3://sales", type: "Asset" },
  ]);
});

Deno.test("answer(): filters, sorts and limits asset events", () => {
  const { store, ask } = open();
  store.setAsset({ name: "sales", uri: "s3://sales", group: "g", extra: { a: 1 }, active: true });
  const event = {
    asset: "sales",
    sourceTaskId: "load",
    sourceDagId: "etl",
    sourceRunId: "run",
    sourceMapIndex: -1,
  };
  for (const [day, key] of [[2, "eu-1"], [1, "us-1"], [3, null]] as const) {
    store.addAssetEvent({
      ...event,
      timestamp: at(`2026-01-0${day}T00:00Z`),
      extra: { day: String(day) },
      sourceAliases: day === 1 ? ["daily"] : [],
      partitionKey: key,
    });
  }
  const of = (reply: SupervisorReply): unknown[] => {
    const list = reply.body?.["asset_events"];
    return Array.isArray(list) ? list.map((item) => item.id) : [reply];
  };
  const ask1 = (more: object): unknown[] =>
    of(ask({ type: "GetAssetEventByAsset", name: "sales", uri: null, ...more }));
  assertEquals(ask1({}), [2, 1, 3]);
  assertEquals(ask1({ ascending: false, limit: 2 }), [3, 1]);
  assertEquals(ask1({ uri: "s3://other" }), []);
  assertEquals(ask1({ after: "2026-01-02T00:00:00Z", before: "2026-01-02T00:00:00Z" }), [1]);
  assertEquals(ask1({ partition_key: "eu-1" }), [1]);
  assertEquals(ask1({ partition_key_regexp_pattern: "^u" }), [2]);
  assertEquals(ask1({ extra: { day: "3" } }), [3]);
  assertEquals(of(ask({ type: "GetAssetEventByAssetAlias", alias_name: "daily" })), [2]);
  const full = ask({ type: "GetAssetEventByAsset", name: null, uri: "s3://sales", limit: 1 });
  assertEquals(full.body?.["asset_events"], [{
    id: 2,
    timestamp: at("2026-01-01T00:00Z"),
    extra: { day: "1" },
    asset: { name: "sales", uri: "s3://sales", group: "g", extra: { a: 1 } },
    created_dagruns: [],
    source_task_id: "load",
    source_dag_id: "etl",
    source_run_id: "run",
    source_map_index: -1,
    partition_key: "us-1",
  }]);
});

Deno.test("answer(): counts runs and task instances", () => {
  const { store, ask } = open();
  const [first, second] = [at("2026-01-01T00:00Z"), at("2026-01-02T00:00Z")];
  store.setDag({ dagId: "etl", taskGroups: { all: ["load"] } });
  store.setDagRun({ dagId: "etl", runId: "run", state: "running", logicalDate: second });
  store.setDagRun({ dagId: "etl", runId: "old", state: "success", logicalDate: first });
  const row = { dagId: "etl", runId: "run", id: TI_ID };
  store.setTaskInstance({ ...row, taskId: "extract", mapIndex: -1, state: "success" });
  store.setTaskInstance({ ...row, taskId: "load", mapIndex: 3, state: "running" });
  store.setTaskInstance({ ...row, runId: "old", taskId: "load", mapIndex: -1, state: null });
  const runs = (more: object): unknown =>
    ask({ type: "GetDRCount", dag_id: "etl", ...more }).body?.["count"];
  assertEquals(runs({ states: ["success"] }), 1);
  assertEquals(runs({ logical_dates: ["2026-01-02T00:00:00Z"], run_ids: ["run", "old"] }), 1);
  const tasks = (more: object): unknown =>
    ask({ type: "GetTICount", dag_id: "etl", ...more }).body?.["count"];
  assertEquals([tasks({ states: [] }), tasks({ map_index: 3 }), tasks({ states: ["null"] })], [
    3,
    1,
    1,
  ]);
  assertEquals(tasks({ logical_dates: ["2026-01-01T00:00:00Z"] }), 1);
  assertEquals(tasks({ task_group_id: "all" }), 2);
  const states = (more: object): unknown =>
    ask({ type: "GetTaskStates", dag_id: "etl", ...more }).body?.["task_states"];
  assertEquals(states({}), { run: { extract: "success", load_3: "running" }, old: { load: null } });
  assertEquals(states({ task_group_id: "all", run_ids: ["old"] }), { old: { load: null } });
  const state = ask({ type: "GetDagRunState", dag_id: "etl", run_id: "old" });
  assertEquals(state.body, { state: "success", type: "DagRunStateResult" });
});

Deno.test("answer(): finds earlier runs, successful runs and task instances", () => {
  const { store, ask } = open();
  for (
    const [runId, day, state] of [["a", 1, "success"], ["b", 2, "failed"], [
      "run",
      3,
      "running",
    ]] as const
  ) {
    const logicalDate = at(`2026-01-0${day}T00:00Z`);
    const endDate = logicalDate.add({ hours: 1 });
    store.setDagRun({ dagId: "etl", runId, state, logicalDate, startDate: logicalDate, endDate });
    store.setTaskInstance({
      dagId: "etl",
      runId,
      taskId: "extract",
      mapIndex: -1,
      id: TI_ID,
      state,
      tryNumber: 2,
      startDate: logicalDate,
      endDate: logicalDate.add({ milliseconds: 1500 }),
    });
  }
  const before = { dag_id: "etl", logical_date: "2026-01-03T00:00:00Z" };
  const previous = ask({ type: "GetPreviousDagRun", ...before }).body?.["dag_run"];
  assertEquals(Object(previous).run_id, "b");
  const success = ask({ type: "GetPreviousDagRun", ...before, state: "success" }).body?.["dag_run"];
  assertEquals(Object(success).run_id, "a");
  assertEquals(ask({ type: "GetPrevSuccessfulDagRun", ti_id: TI_ID }).body, {
    data_interval_start: at("2026-01-01T00:00Z"),
    data_interval_end: at("2026-01-01T00:00Z"),
    start_date: at("2026-01-01T00:00Z"),
    end_date: at("2026-01-01T01:00Z"),
    type: "PrevSuccessfulDagRunResult",
  });
  const ti = ask({ type: "GetPreviousTI", task_id: "extract", ...before });
  assertEquals(ti.body?.["task_instance"], {
    task_id: "extract",
    dag_id: "etl",
    run_id: "b",
    logical_date: at("2026-01-02T00:00Z"),
    start_date: at("2026-01-02T00:00Z"),
    end_date: at("2026-01-02T00:00:01.5Z"),
    state: "failed",
    try_number: 2,
    map_index: -1,
    duration: 1.5,
  });
  assertEquals(ask({ type: "GetTaskBreadcrumbs", dag_id: "etl", run_id: "b" }).body, {
    breadcrumbs: [{
      task_id: "extract",
      map_index: -1,
      state: "failed",
      operator: "_StubOperator",
      duration: 1.5,
    }],
    type: "TaskBreadcrumbsResult",
  });
});

Deno.test("answer(): triggers a run once and resets it when requested", () => {
  const { store, ask } = open();
  store.setDag({ dagId: "report", triggeredState: "success" });
  const trigger = { type: "TriggerDagRun", dag_id: "report", run_id: "r" } as const;
  assertEquals(ask({ ...trigger, conf: { a: 1 }, note: "n" }).body, {
    ok: true,
    type: "OKResponse",
  });
  assertEquals(ask(trigger), {
    body: { error: "DAGRUN_ALREADY_EXISTS", detail: null, type: "ErrorResponse" },
    error: null,
  });
  assertEquals(ask({ ...trigger, reset_dag_run: true }).body?.["type"], "OKResponse");
  const { run_after, ...run } = Object(ask({ ...trigger, type: "GetDagRun" }).body);
  assertEquals(run_after instanceof Temporal.Instant, true);
  assertEquals(run, {
    dag_id: "report",
    run_id: "r",
    logical_date: null,
    data_interval_start: null,
    data_interval_end: null,
    start_date: null,
    end_date: null,
    clear_number: 1,
    run_type: "operator_triggered",
    state: "success",
    conf: { a: 1 },
    triggering_user_name: null,
    consumed_asset_events: [],
    partition_key: null,
    partition_date: null,
    note: "n",
    team_name: null,
    type: "DagRunResult",
  });
});

Deno.test("answer(): sets, keeps and removes the note of a run", () => {
  const { store, ask } = open();
  store.setDagRun({ dagId: "etl", runId: "run", state: "running" });
  const note = (note: string | null): unknown => {
    ask({ type: "UpdateDagRunNote", ti_id: TI_ID, note });
    return store.dagRun("etl", "run")?.note;
  };
  assertEquals([note("seen"), note(null), note("")], ["seen", "seen", null]);
});

Deno.test("answer(): skips tasks except running and finished ones", () => {
  const { store, ask } = open();
  const row = { dagId: "etl", runId: "run", mapIndex: -1, id: TI_ID };
  store.setTaskInstance({ ...row, taskId: "done", state: "success" });
  store.setTaskInstance({ ...row, taskId: "load", state: null });
  store.setTaskInstance({ ...row, taskId: "load", mapIndex: 1, state: "scheduled" });
  ask({ type: "SkipDownstreamTasks", tasks: ["done", "load", ["python", 2]] });
  const states = ask({ type: "GetTaskStates", dag_id: "etl" }).body?.["task_states"];
  assertEquals(states, {
    run: {
      extract: "running",
      done: "success",
      load: "skipped",
      load_1: "skipped",
      python_2: "skipped",
    },
  });
});

Deno.test("answer(): keeps rendered fields, labels and questions to humans", () => {
  const { store, ask } = open();
  ask({ type: "SetRenderedFields", rendered_fields: { sql: "select 1" } });
  ask({ type: "SetRenderedMapIndex", rendered_map_index: "eu" });
  const row = store.taskInstances("etl")[0];
  assertEquals([row?.renderedFields, row?.renderedMapIndex], [{ sql: "select 1" }, "eu"]);
  const asked = {
    ti_id: TI_ID,
    options: ["yes", "no"],
    subject: "Load?",
    params: { rows: 5 },
    assigned_users: [{ id: "1", name: "Ada" }],
  };
  assertEquals(ask({ type: "CreateHITLDetailPayload", ...asked }).body, {
    ...asked,
    body: null,
    defaults: null,
    multiple: false,
    type: "HITLDetailRequestResult",
  });
});
