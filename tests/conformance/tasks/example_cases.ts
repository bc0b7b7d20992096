/**
 * The results of the examples' tasks under Airflow; a task that waits is run once more, as
 * Airflow resumes it.
 *
 * @module
 */
import type { Json, JsonObject, TaskRun } from "../harness/task_run.ts";

/** A run of an example's task, and its result. */
export interface ExampleCase {
  /** Distinguishes several cases of one task. */
  when?: string;
  /** The environment of the task. */
  run?: Partial<TaskRun>;
  /** The state that Airflow gives the task. */
  state: string;
  /** The XCom return_value, if it is checked. */
  returned?: Json;
  /** Fields of the state update that Airflow's API accepted. */
  update?: JsonObject;
  /** The tasks that it skips. */
  skipped?: Json[];
  /** A part of the log's lines, as JSON. */
  log?: string;
}

const TZ = form("builtins.tuple", 1, ["UTC", "pendulum.tz.timezone.FixedTimezone", 1, true]);
const PLACED = datetime(1767323040);

function form(className: string, version: number, data: Json): JsonObject {
  return { __classname__: className, __version__: version, __data__: data };
}

function datetime(timestamp: number): JsonObject {
  return form("datetime.datetime", 2, { timestamp, tz: TZ });
}

/** The options of a task that Airflow resumes after a trigger. */
function fired(event: Json, method = "triggered", kwargs: JsonObject = {}): Partial<TaskRun> {
  return { ti_context: { next_method: method, next_kwargs: { ...kwargs, event } } };
}

/** The options of a task that Airflow resumes after a user's response. */
function answered(option: string, note: JsonObject = {}): Partial<TaskRun> {
  const by = { id: "1", name: "admin" };
  return fired({
    chosen_options: [option],
    params_input: note,
    responded_at: PLACED,
    responded_by_user: by,
    timedout: false,
  }, "answered");
}

function bound(...bindings: Json[]): JsonObject {
  return { arg_bindings: bindings };
}

/** Airflow 3.4's schemas of `list[dict]` and `int` in a stub's signature. */
const LIST = { type: "array", items: { type: "object", additionalProperties: true } };
const INTEGER = { type: "integer", format: "int64" };

/** A task's XCom return_value. */
function xcom(task_id: string, value: Json): Partial<TaskRun> {
  return { xcoms: [{ task_id, value }] };
}

const ORDERS = { name: "orders", uri: "s3://shop/orders" };
const ROWS = [{ region: "eu", amount: 30 }, { region: "us", amount: 10 }];
const PRICED = [
  { id: 1, region: "eu", price: 30 },
  { id: 2, region: "us", price: 10.5 },
  { id: 3, region: "eu", price: 12 },
];
const RETRIES = { max_tries: 3 };
const SECOND = { ...RETRIES, try_number: 2 };
const VALIDATED: Partial<TaskRun> = {
  api_overrides: [
    { path: "validate-inlets-and-outlets", status: 200, body: { inactive_assets: [] } },
  ],
};
const INGEST: Partial<TaskRun> = { dag_run: { conf: { ingest_run: "today" } } };

/** The folder in which the tasks of examples/object_store share files. */
const REPORTS = "file:///tmp/airflow-object-store-example";

/** By Dag and task. */
export const EXAMPLE_CASES: Readonly<Record<string, readonly ExampleCase[]>> = {
  "approval.decide": [
    { run: xcom("complaint", { customer: "Ada", amount: 42 }), state: "awaiting_input" },
    {
      when: "answered",
      run: answered("refund", { note: "sorry" }),
      state: "success",
      returned: { decision: "refund", note: "sorry" },
    },
  ],
  "approval.pay_out": [
    { state: "awaiting_input", update: { timeout: "PT1H" } },
    { when: "rejected", run: answered("Reject"), state: "failed", log: "rejected by admin" },
  ],
  "approval.release": [
    { state: "awaiting_input" },
    { when: "rejected", run: answered("Reject"), state: "skipped", log: "rejected by admin" },
  ],
  "arguments.extract": [
    { state: "success", returned: [...ROWS, { region: "eu", amount: 2 }] },
  ],
  "arguments.transform": [{
    run: {
      ...xcom("extract", [...ROWS, { region: "eu", amount: 2 }]),
      ti_context: bound(
        { name: "rows", kind: "xcom", task_id: "extract", value_schema: LIST },
        { name: "min_amount", kind: "literal", value: 5, value_schema: INTEGER },
      ),
    },
    state: "success",
    returned: ROWS,
  }],
  "arguments.report": [{
    run: {
      ...xcom("transform", ROWS),
      ti_context: bound(
        { name: "rows", kind: "xcom", task_id: "transform", value_schema: LIST },
        { name: "title", kind: "literal", value: "Regions", from_default: true },
      ),
    },
    state: "success",
    returned: "Regions: eu, us",
  }],
  "assets.load": [{
    run: VALIDATED,
    state: "success",
    update: { outlet_events: [{ dest_asset_key: ORDERS, extra: { rows: 42 } }] },
  }],
  "assets.publish": [{
    run: { dag_run: { run_after: "2026-01-02T03:04:05Z" } },
    state: "success",
    update: {
      outlet_events: [{
        source_alias_name: "daily_reports",
        dest_asset_key: { name: "report-2026-01-02", uri: "s3://shop/reports/2026-01-02" },
        dest_asset_extra: {},
        extra: { pages: 3 },
      }],
    },
    returned: "s3://shop/reports/2026-01-02",
  }],
  "assets.report": [{
    run: {
      assets: [ORDERS],
      asset_events: [{
        timestamp: "2026-01-02T03:04:05Z",
        asset: ORDERS,
        extra: { rows: 8 },
        source_dag_id: "assets",
        source_task_id: "load",
        source_run_id: "before",
        source_map_index: -1,
      }],
    },
    state: "success",
    returned: { uri: ORDERS.uri, rows: 8, triggeredBy: [] },
  }],
  "branching.choose": [
    {
      run: xcom("count_changes", 42),
      state: "success",
      returned: "delta_load",
      skipped: ["full_load"],
    },
    {
      when: "much has changed",
      run: xcom("count_changes", 2e6),
      state: "success",
      returned: "full_load",
      skipped: ["delta_load"],
    },
  ],
  "branching.full_load": [{ state: "success", returned: "everything" }],
  "branching.delta_load": [
    {
      run: xcom("count_changes", 42),
      state: "success",
      returned: "42 changes",
      skipped: ["rebuild_index"],
    },
  ],
  "branching.rebuild_index": [{ state: "success", returned: "rebuilt" }],
  "branching.report": [
    { run: xcom("delta_load", "42 changes"), state: "success", returned: "loaded 42 changes" },
  ],
  "dag_runs.review": [{
    run: {
      dag_runs: [
        {
          dag_id: "dag_runs",
          run_id: "first",
          logical_date: "2025-12-01T00:00:00Z",
          data_interval_end: "2026-01-02T03:04:00Z",
          state: "success",
        },
        {
          dag_id: "dag_runs",
          run_id: "second",
          logical_date: "2025-12-02T00:00:00Z",
          state: "failed",
        },
      ],
    },
    state: "success",
    returned: { previous: "failed", since: PLACED, failed: 1 },
  }],
  "dag_runs.clean_up": [
    {
      run: {
        dags: { cleanup: {} },
        api_overrides: [
          { path: "dag-runs/cleanup/.*/state", status: 200, body: { state: "success" } },
        ],
      },
      state: "success",
      returned: "success",
    },
    {
      when: "the day's run is there",
      run: {
        dag_run: { run_after: "2026-01-02T03:04:05Z" },
        dags: { cleanup: {} },
        dag_runs: [{ dag_id: "cleanup", run_id: "cleanup-2026-01-02", state: "success" }],
      },
      state: "skipped",
    },
  ],
  "dag_runs.conclude": [{ state: "success", returned: { prepare: null, failed: 0 } }],
  "deferral.cool_down": [
    { state: "deferred", update: { next_method: "triggered" } },
    { when: "fired", run: fired(PLACED), state: "success" },
  ],
  "deferral.upstream_done": [
    { run: INGEST, state: "deferred", update: { trigger_timeout: "PT6H" } },
    { when: "done", run: fired({ status: "success" }), state: "success" },
    {
      when: "failed",
      run: fired({ status: "failed" }),
      state: "failed",
      log: "the ingest is failed",
    },
  ],
  "deferral.pick_up": [
    { run: { variables: { drop_folder: "/in" } }, state: "deferred" },
    {
      when: "fired",
      run: fired(true, "arrived", { folder: "/in", since: PLACED }),
      state: "success",
      returned: { folder: "/in", since: PLACED },
    },
  ],
  "deferral.run_job": [
    { state: "deferred", update: { trigger_kwargs: { job_id: 7 } } },
    { when: "fired", run: fired({ status: "done" }), state: "success", returned: "done" },
  ],
  "terminal_states.collect_reminders": [
    { state: "skipped", log: "no invoice is overdue" },
    {
      when: "some are overdue",
      run: { variables: { overdue_invoices: '["7"]' } },
      state: "success",
      returned: ["7"],
    },
  ],
  "terminal_states.check_ledger": [{ run: RETRIES, state: "failed", log: "differ" }],
  "terminal_states.fetch_statements": [
    { run: RETRIES, state: "up_for_retry", update: { retry_delay_seconds: 90 } },
    { when: "second try", run: SECOND, state: "success", returned: { statements: 7 } },
  ],
  "terminal_states.pay": [
    { run: RETRIES, state: "up_for_retry", update: { retry_delay_seconds: 600 } },
    { when: "second try", run: SECOND, state: "failed", log: "the account is closed" },
  ],
  "etl.extract": [{
    run: { connections: { warehouse: { conn_type: "postgres", host: "db" } } },
    state: "success",
    returned: { region: "eu", since: "1970-01-01", rows: [3, 5, 34] },
  }],
  "etl.transform": [{
    run: { ...SECOND, ...xcom("extract", { region: "eu", rows: [40, 2] }) },
    state: "success",
    returned: { region: "eu", total: 42 },
  }],
  "etl.audit": [{ state: "failed", log: "The audit found a discrepancy" }],
  "object_store.extract": [{ state: "success" }],
  "object_store.sum_up": [{ state: "success", returned: `${REPORTS}/report.json` }],
  "object_store.publish": [{
    run: xcom("sum_up", `${REPORTS}/report.json`),
    state: "success",
    returned: '{"files":2,"rows":3}',
  }],
  "runtime.export_table": [{ run: { map_index: 1 }, state: "success", returned: 42 }],
  "runtime.ask_slow_service": [{ state: "failed", log: "too slow, tidying up" }],
  "runtime.log_in": [{ state: "success", log: "logged in with ***" }],
  "schema.extract": [{ state: "success", returned: PRICED }],
  "schema.load": [
    {
      run: {
        ...xcom("extract", PRICED),
        ti_context: bound(
          { name: "orders", kind: "xcom", task_id: "extract", value_schema: LIST },
          { name: "currency", kind: "literal", value: "EUR", from_default: true },
        ),
      },
      state: "success",
      returned: { total: 52.5, currency: "EUR" },
    },
    {
      when: "with a bad argument and retries left",
      run: {
        ...RETRIES,
        ti_context: bound({ name: "orders", kind: "literal", value: [{ id: 1 }] }),
      },
      state: "failed",
      log: 'Cannot run schema.load: argument \\"orders[0].region\\" is not valid: ',
    },
  ],
  "schema.refund": [{
    run: {
      ...RETRIES,
      ti_context: bound({
        name: "orders",
        kind: "literal",
        value: [{ id: 1, region: "eu", price: 0 }],
        value_schema: LIST,
      }),
    },
    state: "failed",
    log: "Task failed, not to be retried: its arguments are not valid",
  }],
  "sensor.export_ready": [
    { state: "up_for_reschedule" },
    { when: "third look", run: { task_store: { asked: 2 } }, state: "success", returned: 3000 },
  ],
  "sensor.corrections": [
    { state: "skipped", log: "the sensor timed out" },
    {
      when: "there is one",
      run: { variables: { correction_7: "x" } },
      state: "success",
      returned: "correction_7",
    },
  ],
  "state.import_pages": [
    { run: RETRIES, state: "up_for_retry" },
    {
      when: "second try",
      run: { ...SECOND, task_store: { next_page: 3 } },
      state: "success",
      returned: { pages: 3 },
    },
  ],
  "state.load_orders": [{
    run: { assets: [ORDERS], asset_store: [{ name: "orders", key: "last_id", value: 102 }] },
    state: "success",
    returned: [103, 104],
  }],
  "xcoms.list_files": [{ state: "success", returned: ["eu.csv", "us.csv", "asia.csv"] }],
  "xcoms.summarize": [{
    run: {
      xcoms: [
        ...[6, 8].map((value, map_index) => ({ task_id: "measure", map_index, value })),
        { task_id: "list_files", key: "folder", value: "s3://orders" },
      ],
    },
    state: "success",
    returned: { folder: "s3://orders", total: 14, count: 2, last: 8 },
  }],
  "xcoms.schedule": [{
    run: xcom("order", {
      placed: PLACED,
      delivery: form("datetime.timedelta", 2, 90000),
      tags: form("builtins.set", 1, ["gift"]),
    }),
    state: "success",
    returned: {
      due: datetime(1767413040),
      day: form("datetime.date", 2, "2026-01-03"),
      tags: form("builtins.set", 1, ["gift", "scheduled"]),
      prices: { net: 100, gross: 119 },
    },
  }],
};
