import { assertEquals } from "@std/assert";
import { answer } from "../../src/dev/answers.ts";
import { connectionOf } from "../../src/dev/connection.ts";
import type { Reply } from "../../src/dev/reply.ts";
import { SecretsMasker } from "../../src/dev/secrets_masker.ts";
import { MemoryStore } from "../../src/dev/store.ts";

const ADDRESS = { key: "rows", dag_id: "etl", run_id: "run", task_id: "extract" };
const TI_ID = "0198c5d0-0000-7000-8000-000000000001";

type Ask = (request: Parameters<typeof answer>[0]) => Reply;

function open(): { store: MemoryStore; ask: Ask } {
  const store = new MemoryStore();
  const task = { id: TI_ID, dagId: "etl", runId: "run", taskId: "extract", mapIndex: -1 };
  const state = { store, masker: new SecretsMasker(), task };
  return { store, ask: (request) => answer(request, state) };
}

const status = (reply: Reply): unknown => Object(reply.error?.["detail"]).status_code;

Deno.test("answer() gives a connection with all of Airflow's fields", () => {
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

Deno.test("answer() puts, lists, gets and deletes variables", () => {
  const { ask } = open();
  const put = (key: string, value: string | null): Reply =>
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

Deno.test("answer() keeps XComs by map index, and gives null for a missing one", () => {
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
  const item = (offset: number): Reply => ask({ type: "GetXComSequenceItem", offset, ...ADDRESS });
  assertEquals([item(0).body?.["root"], item(-1).body?.["root"]], [0, 20]);
  assertEquals(item(3).body?.["error"], "XCOM_NOT_FOUND");
  ask({ type: "DeleteXCom", map_index: 0, ...ADDRESS });
  assertEquals(item(0).body?.["root"], 10);
});

Deno.test("answer() slices mapped XComs as Python does", () => {
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

Deno.test("answer() guards a task's state store from other tasks and from null", () => {
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

Deno.test("answer() keeps an asset's state under its name or its URI", () => {
  const { ask } = open();
  ask({ type: "SetAssetStateStoreByName", name: "sales", key: "mark", value: 7 });
  const byName = ask({ type: "GetAssetStateStoreByName", name: "sales", key: "mark" });
  assertEquals(byName.body, { value: 7, type: "AssetStateStoreResult" });
  const byUri = ask({ type: "GetAssetStateStoreByUri", uri: "sales", key: "mark" });
  assertEquals(byUri.body?.["error"], "ASSET_STORE_NOT_FOUND");
  ask({ type: "DeleteAssetStateStoreByName", name: "sales", key: "mark" });
  const gone = ask({ type: "GetAssetStateStoreByName", name: "sales", key: "mark" });
  assertEquals(gone.body?.["error"], "ASSET_STORE_NOT_FOUND");
});

Deno.test("answer() counts runs and task instances", () => {
  const { store, ask } = open();
  store.setDagRun({ dagId: "etl", runId: "run", state: "running" });
  store.setDagRun({ dagId: "etl", runId: "old", state: "success" });
  const row = { dagId: "etl", runId: "run", id: TI_ID };
  store.setTaskInstance({ ...row, taskId: "extract", mapIndex: -1, state: "success" });
  store.setTaskInstance({ ...row, taskId: "load", mapIndex: 3, state: "running" });
  assertEquals(ask({ type: "GetDRCount", dag_id: "etl", states: ["success"] }).body?.["count"], 1);
  assertEquals(ask({ type: "GetTICount", dag_id: "etl", states: [] }).body?.["count"], 2);
  assertEquals(ask({ type: "GetTICount", dag_id: "etl", map_index: 3 }).body?.["count"], 1);
  assertEquals(ask({ type: "GetTaskStates", dag_id: "etl" }).body?.["task_states"], {
    run: { extract: "success", load_3: "running" },
  });
  const state = ask({ type: "GetDagRunState", dag_id: "etl", run_id: "old" });
  assertEquals(state.body, { state: "success", type: "DagRunStateResult" });
});
