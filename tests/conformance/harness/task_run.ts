/**
 * The input and the result of a run of the harness. Field names are those of
 * Airflow's Execution API; times are seconds.
 *
 * @module
 */

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** A row of the XCom table; the ids are those of the running task by default. */
export interface XComRow {
  dag_id?: string;
  run_id?: string;
  task_id: string;
  /** `return_value` by default. */
  key?: string;
  /** -1 by default. */
  map_index?: number;
  value: Json;
}

/** A fault or an event that is injected into matching calls of the Execution API. */
export interface ApiOverride {
  /** Regular expression searched in the path below `/execution/`. */
  path: string;
  method?: string;
  /** Let this many matching calls pass first. */
  skip?: number;
  /** Act on this many calls, then no more. */
  times?: number;
  /** Answer with this status instead of the route's answer. */
  status?: number;
  /** Body of that answer; FastAPI's errors are `{detail: …}`. */
  body?: Json;
  /** Wait before anything else. */
  delay_seconds?: number;
  /** Send the task process this signal, e.g. "SIGTERM". */
  signal?: Deno.Signal;
  /** Set the state of the task instance, as a user does in Airflow's UI. */
  ti_state?: string;
}

/** One task run. */
export interface TaskRun {
  /** Folder searched for the bundle. */
  bundle_root: string;
  dag_id: string;
  task_id: string;
  /** The coordinator that launches it: "executable" by default, or "node" (3.4 only). */
  kind?: "executable" | "node";
  /** The program that a launch by "node" starts instead of `node`. */
  node_executable?: string;
  coordinator_kwargs?: JsonObject;
  task_startup_timeout?: number;
  queue?: string;
  run_id?: string;
  map_index?: number;
  try_number?: number;
  /** The number of retries; 0 by default. */
  max_tries?: number;
  /** By default Airflow's own rule on try_number and max_tries. */
  should_retry?: boolean;
  context_carrier?: JsonObject;
  /** Changes to the Dag run that the task belongs to, e.g. `conf`. */
  dag_run?: JsonObject;
  /** Changes to the ti_context of StartupDetails, e.g. `next_method`. */
  ti_context?: JsonObject;
  connections?: { [conn_id: string]: JsonObject };
  variables?: { [key: string]: string };
  xcoms?: XComRow[];
  task_store?: JsonObject;
  asset_store?: { name: string; key: string; value: Json }[];
  assets?: { name: string; uri: string; group?: string; extra?: JsonObject }[];
  asset_aliases?: { [alias: string]: string[] };
  asset_events?: JsonObject[];
  dag_runs?: JsonObject[];
  dags?: { [dag_id: string]: JsonObject };
  task_instances?: JsonObject[];
  hitl?: JsonObject;
  api_overrides?: ApiOverride[];
  /** Environment variables of the worker, which the task inherits. */
  env?: { [name: string]: string };
  /** The time in seconds after which the task is killed and `timed_out` is true; 60 by default. */
  timeout_seconds?: number;
}

/** A call of the Execution API. */
export interface ApiCall {
  method: string;
  /** Below `/execution/`, decoded. */
  path: string;
  query: { [name: string]: string | string[] };
  body: Json;
  status: number;
  /** Seconds since the run began. */
  at: number;
}

/** A line of a log: the task's own or the supervisor's. */
export interface LogLine {
  level: string;
  event: string;
  logger?: string;
  timestamp?: string;
  [key: string]: Json | undefined;
}

/** The result of a run. */
export interface TaskResult {
  /** The state that Airflow gives the task: the API's, or the scheduler's if none was sent. */
  state: string;
  /** The last state that the Execution API received. */
  api_state: string;
  /** The supervisor's own result; null if it raised before. */
  supervisor_state: string | null;
  /** The process's exit code, negative for a signal; null if supervise_task() raised. */
  exit_code: number | null;
  /** Class and message of the exception of supervise_task(). */
  error: string | null;
  timed_out: boolean;
  duration_seconds: number;
  /** Seconds from the last call of the Execution API, except heartbeats, to the end of the run. */
  tail_seconds: number;
  ti_id: string;
  api_calls: ApiCall[];
  log: LogLine[];
  supervisor_log: LogLine[];
  xcoms: Required<XComRow>[];
  variables: { [key: string]: string };
  task_store: JsonObject;
  asset_store: { name: string; key: string; value: Json }[];
  dag_runs: JsonObject[];
  hitl: JsonObject | null;
  skipped: Json[];
  note: string | null;
  /** The body of the state update that was accepted. */
  ti: JsonObject;
}
