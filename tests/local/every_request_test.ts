import { assert, assertEquals } from "@std/assert";
import { answer, type Requests } from "../../src/local/api/answers.ts";
import { parseFixtures, seedStore } from "../../src/local/fixtures/fixtures.ts";
import type { SupervisorReply } from "../../src/local/api/reply.ts";
import { SecretsMask } from "../../src/protocol/secrets_mask.ts";
import { startupDetails } from "../../src/local/supervisor/startup_details.ts";
import { MemoryStore } from "../../src/local/store/store.ts";
import { TaskSession } from "../../src/local/supervisor/task_session.ts";
import type { ToSupervisor } from "../../src/protocol/generated.ts";
import { parseReply, REPLIES } from "../../src/protocol/reply.ts";

const FIXTURES = parseFixtures(JSON.stringify({
  connections: { warehouse: "postgres://db" },
  variables: { since: "2026-01-01" },
  xcoms: { start: { return_value: 1 } },
  mappedXcoms: { fetch: { return_value: ["a", "b"] } },
  assets: { sales: "s3://sales" },
  assetAliases: { daily: ["sales"] },
  assetEvents: [
    { asset: "sales", timestamp: "2026-01-02T00:00:00Z", source_aliases: ["daily"] },
  ],
  taskState: { extract: { cursor: 5 } },
  assetState: { sales: { mark: 7 } },
  dags: { other: { tags: ["b", "a"] } },
  dagRuns: [{ run_id: "before", logical_date: "2025-12-31T00:00:00Z" }],
  taskInstances: [{ task_id: "extract", run_id: "before" }],
}));
const STARTUP = startupDetails({
  dagId: "etl",
  taskId: "extract",
  runId: "run",
  logicalDate: Temporal.Instant.from("2026-01-01T00:00:00Z"),
});
const { id: ti_id } = STARTUP.ti;
const now = new Date();
const run = { dag_id: "etl", run_id: "run" };
const own = { ...run, task_id: "extract", key: "rows" };
const mapped = { ...run, task_id: "fetch", key: "return_value" };
const value = { name: "sales", key: "mark" };
const byUri = { uri: "s3://sales", key: "mark" };
const asked = { ti_id, options: ["yes"], subject: "?", params: {}, assigned_users: [] };
const events = { after: now, before: now, limit: 1, ascending: false };
/** The reply to requests that Airflow refuses to tasks. */
const REFUSED = ["GetHITLDetailResponse", "UpdateHITLDetail"];

/** Each message that a task can send, in the order of the table. */
const MESSAGES: { readonly [K in ToSupervisor["type"]]: Omit<Requests[K], "type"> } = {
  AwaitInputTask: { next_method: "go_on" },
  ClearAssetStateStoreByName: { name: "sales" },
  ClearAssetStateStoreByUri: { uri: "s3://sales" },
  ClearTaskStateStore: { ti_id },
  CreateHITLDetailPayload: asked,
  DeferTask: { classpath: "a.B", next_method: "go_on" },
  DeleteAssetStateStoreByName: value,
  DeleteAssetStateStoreByUri: byUri,
  DeleteTaskStateStore: { ti_id, key: "cursor" },
  DeleteVariable: { key: "since" },
  DeleteXCom: own,
  GetAssetByName: { name: "sales" },
  GetAssetByUri: { uri: "s3://sales" },
  GetAssetEventByAsset: { name: "sales", uri: null, ...events },
  GetAssetEventByAssetAlias: { alias_name: "daily", ...events },
  GetAssetStateStoreByName: value,
  GetAssetStateStoreByUri: byUri,
  GetAssetsByAlias: { alias_name: "daily" },
  GetConnection: { conn_id: "warehouse" },
  GetDRCount: { dag_id: "etl" },
  GetDag: { dag_id: "other" },
  GetDagRun: run,
  GetDagRunState: run,
  GetHITLDetailResponse: { ti_id },
  GetPrevSuccessfulDagRun: { ti_id },
  GetPreviousDagRun: { dag_id: "etl", logical_date: now },
  GetPreviousTI: { dag_id: "etl", task_id: "extract", logical_date: now },
  GetTICount: { dag_id: "etl" },
  GetTaskBreadcrumbs: run,
  GetTaskRescheduleStartDate: { ti_id },
  GetTaskStateStore: { ti_id, key: "cursor" },
  GetTaskStates: { dag_id: "etl" },
  GetVariable: { key: "since" },
  GetVariableKeys: {},
  GetXCom: own,
  GetXComCount: mapped,
  GetXComSequenceItem: { ...mapped, offset: -1 },
  GetXComSequenceSlice: { ...mapped, start: null, stop: null, step: null },
  MaskSecret: { value: "secret" },
  PutVariable: { key: "since", value: "2026-02-02", description: null },
  RescheduleTask: { reschedule_date: now, end_date: now },
  ResendLoggingFD: {},
  RetryTask: { end_date: now },
  SetAssetStateStoreByName: { ...value, value: 8 },
  SetAssetStateStoreByUri: { ...byUri, value: 8 },
  SetExecutionTimeout: { timeout_seconds: 60 },
  SetRenderedFields: { rendered_fields: { sql: "select 1" } },
  SetRenderedMapIndex: { rendered_map_index: "eu" },
  SetTaskStateStore: { ti_id, key: "cursor", value: 6, expires_at: null },
  SetXCom: { ...own, value: 3 },
  SkipDownstreamTasks: { tasks: ["load"] },
  SucceedTask: { end_date: now, task_outlets: [], outlet_events: [] },
  TaskState: { state: "failed" },
  TriggerDagRun: { dag_id: "other", run_id: "manual" },
  UpdateDagRunNote: { ti_id, note: "seen" },
  UpdateHITLDetail: { ti_id, chosen_options: ["yes"] },
  ValidateInletsAndOutlets: { ti_id },
};

function open(): { session: TaskSession; store: MemoryStore } {
  const store = new MemoryStore();
  seedStore(store, FIXTURES, "etl", "run");
  store.setDag({ dagId: "etl" });
  store.setDagRun({
    dagId: "etl",
    runId: "run",
    state: "running",
    logicalDate: Temporal.Instant.from("2026-01-01T00:00:00Z"),
  });
  const task = { dagId: "etl", runId: "run", taskId: "extract", mapIndex: -1 };
  store.setTaskInstance({ ...task, id: ti_id, state: "running" });
  const session = new TaskSession(STARTUP, store, new SecretsMask(), "2026-10-30");
  return { session, store };
}

Deno.test("every message of a task: has an entry in the table of replies", () => {
  const known = Object.keys(REPLIES).filter((type) => type !== "DagFileParsingResult");
  assertEquals(known.sort(), Object.keys(MESSAGES).sort());
});

for (const [type, fields] of Object.entries(MESSAGES)) {
  Deno.test(`answer(): answers ${type} as Airflow does`, () => {
    const { session } = open();
    const reply = session.answer({ ...fields, type });
    if (typeof reply === "string") throw new Error(reply);
    if (REFUSED.includes(type)) {
      const detail = { status_code: 400, message: "Unhandled request" };
      const error = { error: "API_SERVER_ERROR", detail, type: "ErrorResponse" };
      return assertEquals(reply, { body: null, error });
    }
    assertEquals(reply.error, null);
    assert(isAnswered(type), type);
    parseReply(type, reply.body);
  });
}

function isAnswered(type: string): type is keyof typeof REPLIES {
  return Object.hasOwn(REPLIES, type);
}

/** Requests that Airflow refuses, and the form of the error. */
const REFUSALS: [what: string, body: Record<string, unknown>, shape: unknown][] = [
  ["an unknown connection", { type: "GetConnection", conn_id: "x" }, "CONNECTION_NOT_FOUND"],
  ["an unknown variable", { type: "GetVariable", key: "x" }, "VARIABLE_NOT_FOUND"],
  ["an unknown asset", { type: "GetAssetByName", name: "x" }, "ASSET_NOT_FOUND"],
  ["an unknown asset's URI", { type: "GetAssetByUri", uri: "x" }, "ASSET_NOT_FOUND"],
  ["an asset without a name", { type: "GetAssetByName", name: "" }, null],
  ["events of nothing", { type: "GetAssetEventByAsset", name: null, uri: null }, null],
  ["an unknown Dag", { type: "GetDag", dag_id: "x" }, 404],
  ["an unknown Dag run", { type: "GetDagRun", dag_id: "etl", run_id: "x" }, 404],
  ["an unknown Dag run's state", { type: "GetDagRunState", dag_id: "x", run_id: "run" }, 404],
  ["an unknown task group", { type: "GetTICount", dag_id: "etl", task_group_id: "x" }, 404],
  ["states of an unknown group", { type: "GetTaskStates", dag_id: "etl", task_group_id: "x" }, 404],
  ["to trigger an unknown Dag", { type: "TriggerDagRun", dag_id: "x", run_id: "r" }, 404],
  [
    "a run that exists",
    { type: "TriggerDagRun", dag_id: "etl", run_id: "run" },
    "DAGRUN_ALREADY_EXISTS",
  ],
  [
    "a second run of a date",
    { type: "TriggerDagRun", dag_id: "etl", run_id: "r", logical_date: "2026-01-01T00:00:00Z" },
    "DAGRUN_ALREADY_EXISTS",
  ],
  [
    "a missing state of a task",
    { type: "GetTaskStateStore", ti_id, key: "x" },
    "TASK_STORE_NOT_FOUND",
  ],
  [
    "the state of an unknown asset",
    { type: "GetAssetStateStoreByName", name: "x", key: "k" },
    "ASSET_STORE_NOT_FOUND",
  ],
  ["to set the state of an unknown asset", {
    type: "SetAssetStateStoreByUri",
    uri: "x",
    key: "k",
    value: 1,
  }, 404],
  [
    "clearing the state of an unknown asset",
    { type: "ClearAssetStateStoreByName", name: "x" },
    404,
  ],
  ["null in a state store", { type: "SetAssetStateStoreByName", ...value, value: null }, 422],
  ["an empty key", { type: "SetTaskStateStore", ti_id, key: "", value: 1, expires_at: null }, 422],
  ["an XCom of a task that is not there", { type: "SetXCom", ...own, task_id: "x", value: 1 }, 404],
  [
    "mapped_length with another key",
    { type: "SetXCom", ...own, value: [], mapped_length: 0 },
    400,
  ],
  ["the iteration before, in no loop", { type: "GetXCom", ...own, previous_iteration: true }, 400],
  [
    "an XCom beyond the last",
    { type: "GetXComSequenceItem", ...mapped, offset: 2 },
    "XCOM_NOT_FOUND",
  ],
  ["a question without params", { type: "CreateHITLDetailPayload", ...asked, params: null }, 422],
  ["a question to null", { type: "CreateHITLDetailPayload", ...asked, assigned_users: null }, 422],
  [
    "a question with multiple null",
    { type: "CreateHITLDetailPayload", ...asked, multiple: null },
    422,
  ],
  ["a note of 1,001 characters", { type: "UpdateDagRunNote", ti_id, note: "x".repeat(1001) }, null],
  ...["GetTaskStateStore", "GetTaskRescheduleStartDate", "ValidateInletsAndOutlets"].map((
    type,
  ): [string, Record<string, unknown>, unknown] => [
    `${type} of another task instance`,
    { type, key: "cursor", ti_id: "0198c5d0-0000-7000-8000-000000000002" },
    403,
  ]),
];

for (const [what, body, shape] of REFUSALS) {
  Deno.test(`answer(): refuses ${what}`, () => {
    const reply = open().session.answer(body);
    if (typeof reply === "string") throw new Error(reply);
    assertEquals(shapeOf(reply), shape, JSON.stringify(reply));
  });
}

/** The error's name in the body, or the HTTP status in the error slot. */
function shapeOf({ body, error }: SupervisorReply): unknown {
  return body === null ? Object(error?.["detail"]).status_code : body["error"];
}

Deno.test("answer(): returns 409 and 422 when Airflow refuses a terminal message", () => {
  const { session } = open();
  const end = { type: "SucceedTask", end_date: now, task_outlets: [], outlet_events: [] };
  const without = session.answer({ type: "SucceedTask", end_date: now });
  session.answer(end);
  const second = session.answer({ type: "RetryTask", end_date: now });
  assert(typeof without !== "string" && typeof second !== "string");
  assertEquals([shapeOf(without), shapeOf(second)], [422, 409]);
  assertEquals(session.direct, "success");
});

Deno.test("answer(): refuses requests for a task instance in the Dag processor", () => {
  const { store } = open();
  const task = { id: "", dagId: "", runId: "", taskId: "", mapIndex: -1 };
  const state = { store, masker: new SecretsMask(), task };
  assertEquals(shapeOf(answer({ type: "GetTaskStateStore", ti_id, key: "cursor" }, state)), 403);
});
