/**
 * The effects of each message that a task can send: the call of the Execution API, the author's
 * result, the state of the task. The tasks are those of tests/runtime/testdata/requests.ts.
 *
 * @module
 */
import type { SchemaVersion, ToSupervisor } from "../../../src/protocol/generated.ts";
import type { Json, JsonObject, TaskRun } from "../harness/task_run.ts";

/** A message that authors have a way to send. */
export interface SentRow {
  /** The capability that it proves, see capabilities.yaml. */
  id?: string;
  /** The task that sends it; `"asks"`, which sends most of them, by default. */
  task?: string;
  /** The schema version that added it; the older one by default. */
  since?: SchemaVersion;
  /** Method, path and query, "TI" and "RUN" for the ids; null when the supervisor calls nothing. */
  call: string | null;
  /** Fields of the call's body, or the body if it is not an object. */
  body?: Json;
  /** The result of the author's call; null by default. Only for `"asks"`. */
  gives?: Json;
  /** The task's state; `"success"` by default. */
  state?: string;
  /** A part of the task's log. */
  log?: string;
}

/** A message that authors have no way to send. */
export interface UnsentRow {
  /** The reason. */
  unsent: string;
  /** The message. */
  message: JsonObject;
  /** A part of the reply. */
  answer: string;
}

const ORDERS = { name: "orders", uri: "s3://orders" };
const END = "PATCH task-instances/TI/state";
const OWN_DATE = "logical_date=2026-01-01T00:00:00+00:00";

/** Airflow's data before each run. */
export const WORLD: Partial<TaskRun> = {
  // Only a mapped task can have a label.
  map_index: 0,
  connections: { warehouse: { conn_type: "postgres", host: "db" } },
  variables: { since: "2026", gone: "x" },
  xcoms: [
    { task_id: "start", value: 7 },
    { task_id: "mapped", map_index: 0, value: "a" },
    { task_id: "mapped", map_index: 1, value: "b" },
  ],
  task_store: { cursor: 7 },
  assets: [ORDERS],
  asset_aliases: { all: ["orders"] },
  asset_store: [{ name: "orders", key: "mark", value: "m" }],
  asset_events: [1, 2].map((day) => ({
    timestamp: `2026-01-0${day}T00:00:00Z`,
    asset: ORDERS,
    extra: { day },
  })),
  dags: { other: {} },
  dag_runs: [
    { dag_id: "other", run_id: "before", state: "success", logical_date: "2025-12-31T00:00:00Z" },
    { dag_id: "runtime", run_id: "earlier", state: "success", start_date: "2025-12-30T00:00:00Z" },
  ],
  task_instances: [
    { task_id: "start", state: "success" },
    { task_id: "start", run_id: "earlier", state: "failed" },
  ],
  ti_context: { first_task_reschedule_start_date: "2025-12-29T00:00:00Z" },
  api_overrides: [
    { path: "validate-inlets-and-outlets", status: 200, body: { inactive_assets: [] } },
  ],
};

/** A row for each message; the type requires all of them. */
export const REQUESTS: { readonly [K in ToSupervisor["type"]]: SentRow | UnsentRow } = {
  // Connections, variables, secrets
  GetConnection: { call: "GET connections/warehouse", gives: "db" },
  GetVariable: { call: "GET variables/since", gives: "2026" },
  GetVariableKeys: {
    id: "capability.variable-keys",
    call: "GET variables/keys?limit=1000&offset=0&prefix=si",
    gives: ["since"],
  },
  PutVariable: {
    call: "PUT variables/until",
    body: { val: "2027", description: "the end" },
  },
  DeleteVariable: { call: "DELETE variables/gone" },
  MaskSecret: { call: null, log: "masked: ***" },

  // XComs
  GetXCom: { call: "GET xcoms/runtime/RUN/start/return_value", gives: 7 },
  GetXComCount: { call: "HEAD xcoms/runtime/RUN/mapped/return_value", gives: 2 },
  GetXComSequenceItem: {
    call: "GET xcoms/runtime/RUN/mapped/return_value/item/-1",
    gives: "b",
  },
  GetXComSequenceSlice: {
    call: "GET xcoms/runtime/RUN/mapped/return_value/slice?start=1",
    gives: ["b"],
  },
  SetXCom: { call: "POST xcoms/runtime/RUN/asks/rows?map_index=0", body: [1] },
  DeleteXCom: { call: "DELETE xcoms/runtime/RUN/asks/old?map_index=0" },

  // State stores
  GetTaskStateStore: { call: "GET store/ti/TI/cursor", gives: 7 },
  SetTaskStateStore: { call: "PUT store/ti/TI/page", body: { value: 2 } },
  DeleteTaskStateStore: { call: "DELETE store/ti/TI/cursor" },
  ClearTaskStateStore: { call: "DELETE store/ti/TI" },
  GetAssetStateStoreByName: {
    call: "GET store/asset/by-name/value?key=mark&name=orders",
    gives: "m",
  },
  GetAssetStateStoreByUri: {
    call: "GET store/asset/by-uri/value?key=mark&uri=s3://orders",
    gives: "m",
  },
  SetAssetStateStoreByName: {
    call: "PUT store/asset/by-name/value?key=by name&name=orders",
    body: { value: 1 },
  },
  SetAssetStateStoreByUri: {
    call: "PUT store/asset/by-uri/value?key=by uri&uri=s3://orders",
    body: { value: 2 },
  },
  DeleteAssetStateStoreByName: {
    call: "DELETE store/asset/by-name/value?key=by name&name=orders",
  },
  DeleteAssetStateStoreByUri: {
    call: "DELETE store/asset/by-uri/value?key=by uri&uri=s3://orders",
  },
  ClearAssetStateStoreByName: { call: "DELETE store/asset/by-name/clear?name=orders" },
  ClearAssetStateStoreByUri: { call: "DELETE store/asset/by-uri/clear?uri=s3://orders" },

  // Assets
  GetAssetByName: { call: "GET assets/by-name?name=orders", gives: "s3://orders" },
  GetAssetByUri: { call: "GET assets/by-uri?uri=s3://orders", gives: "orders" },
  GetAssetsByAlias: { call: "GET assets/by-alias?alias_name=all", gives: ["orders"] },
  GetAssetEventByAsset: {
    call: "GET asset-events/by-asset?ascending=false&limit=1&name=orders&uri=",
    gives: [{ day: 2 }],
  },
  GetAssetEventByAssetAlias: {
    call: "GET asset-events/by-asset-alias?ascending=false&limit=1&name=all",
    gives: [{ day: 2 }],
  },
  ValidateInletsAndOutlets: { call: "GET task-instances/TI/validate-inlets-and-outlets" },

  // Dags and Dag runs
  GetDag: { call: "GET dags/other", gives: false },
  GetDagRun: { call: "GET dag-runs/other/before", gives: "success" },
  GetDagRunState: { call: "GET dag-runs/other/before/state", gives: "success" },
  GetDRCount: { call: "GET dag-runs/count?dag_id=other&states=success", gives: 1 },
  GetPreviousDagRun: {
    call: `GET dag-runs/previous?dag_id=other&${OWN_DATE}`,
    gives: "before",
  },
  GetPrevSuccessfulDagRun: {
    call: "GET task-instances/TI/previous-successful-dagrun",
    gives: "2025-12-30T00:00:00Z",
  },
  TriggerDagRun: { call: "POST dag-runs/other/new", body: { conf: { a: 1 } }, gives: "new" },
  UpdateDagRunNote: {
    id: "capability.dag-run-note",
    task: "notes",
    since: "2026-10-30",
    call: "PATCH task-instances/TI/dag-run-note",
    body: { note: "42 rows" },
  },

  // Task instances
  GetTICount: {
    call: "GET task-instances/count?dag_id=runtime&states=success&task_ids=start",
    gives: 1,
  },
  GetTaskStates: {
    call: "GET task-instances/states?dag_id=runtime&task_ids=start",
    gives: [["start", "success"]],
  },
  GetPreviousTI: {
    call: `GET task-instances/previous/runtime/start?${OWN_DATE}&map_index=-1`,
    gives: "failed",
  },
  GetTaskBreadcrumbs: {
    call: "GET task-instances/breadcrumbs?dag_id=runtime&run_id=RUN",
    gives: ["start"],
  },
  GetTaskRescheduleStartDate: {
    call: "GET task-reschedules/TI/start_date?try_number=1",
    gives: "2025-12-29T00:00:00Z",
  },
  SetRenderedFields: { call: "PUT task-instances/TI/rtif", body: { sql: "select 1" } },
  SetRenderedMapIndex: { call: "PATCH task-instances/TI/rendered-map-index", body: "eu-west" },
  SetExecutionTimeout: {
    id: "capability.execution-timeout-by-supervisor",
    task: "blocks",
    since: "2026-10-30",
    call: null,
    state: "up_for_retry",
    log: "Task did not stop before execution_timeout elapsed; terminating process",
  },
  SkipDownstreamTasks: {
    call: "PATCH task-instances/TI/skip-downstream",
    body: { tasks: [["load", 0]] },
  },

  // Endings
  SucceedTask: {
    call: END,
    body: {
      state: "success",
      task_outlets: [{ ...ORDERS, type: "Asset" }],
      outlet_events: [{ dest_asset_key: ORDERS, extra: { rows: 1 } }],
      rendered_map_index: "eu-west",
    },
  },
  TaskState: { task: "fails", call: END, body: { state: "failed" }, state: "failed" },
  RetryTask: {
    task: "retries",
    call: END,
    body: { state: "up_for_retry", retry_delay_seconds: 5, retry_reason: "busy" },
    state: "up_for_retry",
  },
  RescheduleTask: {
    task: "reschedules",
    call: END,
    body: { state: "up_for_reschedule", reschedule_date: "2030-01-02T03:04:05Z" },
    state: "up_for_reschedule",
  },
  DeferTask: {
    task: "defers",
    call: END,
    body: { state: "deferred", classpath: "a.B", trigger_kwargs: { n: 1 }, next_method: "on" },
    state: "deferred",
  },
  AwaitInputTask: {
    task: "asks_somebody",
    call: END,
    body: { state: "awaiting_input", next_method: "answered" },
    state: "awaiting_input",
  },
  CreateHITLDetailPayload: {
    task: "asks_somebody",
    call: "POST hitlDetails/TI",
    body: { subject: "Continue?", options: ["yes", "no"], params: {}, assigned_users: [] },
    state: "awaiting_input",
  },

  // Messages of the same union that are not for tasks like ours
  ResendLoggingFD: {
    unsent: "it passes a file descriptor, which only Unix sockets carry",
    message: { type: "ResendLoggingFD" },
    answer: "SentFDs",
  },
  GetHITLDetailResponse: {
    unsent: "it is the triggerer's; the supervisor of a task refuses it",
    message: { type: "GetHITLDetailResponse", ti_id: "$ti_id" },
    answer: "Unhandled request",
  },
  UpdateHITLDetail: {
    unsent: "it is the triggerer's; the supervisor of a task refuses it",
    message: {
      type: "UpdateHITLDetail",
      ti_id: "$ti_id",
      chosen_options: ["yes"],
      params_input: {},
    },
    answer: "Unhandled request",
  },
};
