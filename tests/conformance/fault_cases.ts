/**
 * The faults that Airflow can tell apart, and the state that it makes of each.
 *
 * @module
 */
import type { TaskRun } from "./task_run.ts";

/** A task, what it meets, and its end. */
export interface Fault {
  task: string;
  /** Told apart from other rows of the task. */
  when?: string;
  options?: Partial<TaskRun>;
  state: string;
  /** Negative for a signal. */
  exitCode: number;
  /** An event that must be in the log. */
  log?: string;
  /** Seconds that the run may take. */
  within?: number;
  /** Whether Airflow must see the end at once: it has not slept a heartbeat interval over it. */
  isSeen?: boolean;
}

/** A task that has a retry left. */
export const RETRY: Partial<TaskRun> = { max_tries: 1 };
const NO_FOLDER = { env: { TMPDIR: "/no/such/folder" }, dag_run: { conf: { lines: 10 } } };
const SIGTERM: Partial<TaskRun> = {
  ...RETRY,
  api_overrides: [{ path: "heartbeat", times: 1, signal: "SIGTERM" }],
};
/** What Airflow answers the heartbeats of a task that somebody has marked failed. */
export const MARKED_FAILED: Partial<TaskRun> = {
  ...RETRY,
  api_overrides: [{
    path: "heartbeat",
    status: 409,
    body: { detail: { reason: "not_running", current_state: "failed" } },
  }],
};

/**
 * SIGTERM amid a request, for whose answer the supervisor itself waits: longer than the task is
 * given, and not as long as the task would wait for the reply to its last frame.
 */
function sigtermAmid(path: string, options: Partial<TaskRun> = {}): Partial<TaskRun> {
  const env = { AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "2" };
  const api_overrides = [{ path, signal: "SIGTERM" as const }, { path, delay_seconds: 1.4 }];
  return { ...RETRY, ...options, env, api_overrides };
}

const REFUSED: Partial<TaskRun> = {
  api_overrides: [{ path: "/state$", status: 422, body: { detail: "its outlets are not valid" } }],
};

/** How the part of a bundle loads that would have the task. */
function loading(LOADS: string, options: Partial<TaskRun> = RETRY): Partial<TaskRun> {
  return { ...options, env: { LOADS } };
}

/** Run under each release by faults_test.ts; named in the table of tests/faults/README.md. */
export const FAULTS: readonly Fault[] = [
  { task: "exits_deno", options: { dag_run: { conf: { code: 0 } } }, state: "failed", exitCode: 0 },
  {
    task: "exits_node",
    when: "retries are left",
    options: { ...RETRY, dag_run: { conf: { code: 99 } } },
    state: "up_for_retry",
    exitCode: 0,
  },
  {
    task: "exits_while_loading",
    when: "retries are left",
    options: { ...RETRY, dag_id: "exits" },
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load the bundle",
  },
  { task: "exits_while_loading", options: { dag_id: "exits" }, state: "failed", exitCode: 0 },
  { task: "closes_itself", state: "failed", exitCode: 0 },
  {
    task: "closes_itself",
    when: "retries are left",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
  },
  { task: "throws_hostile", options: RETRY, state: "up_for_retry", exitCode: 0 },
  { task: "throws_unreadable", options: RETRY, state: "up_for_retry", exitCode: 0 },
  { task: "throws_unreadable", when: "none are left", state: "failed", exitCode: 0 },
  {
    task: "later",
    when: "its file fails, retries are left",
    options: loading("fails"),
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load a file of the bundle",
  },
  {
    task: "later",
    when: "its file fails",
    options: loading("fails", {}),
    state: "failed",
    exitCode: 0,
    log: "Cannot load a file of the bundle",
  },
  {
    task: "later",
    when: "its file is denied an access",
    options: loading("is_denied"),
    state: "failed",
    exitCode: 0,
  },
  {
    task: "later",
    when: "its file loads without end, at SIGTERM",
    options: loading("never_settles", SIGTERM),
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load a file of the bundle",
    within: 3,
  },
  {
    task: "never_checked",
    options: SIGTERM,
    state: "up_for_retry",
    exitCode: 0,
    log: "checking",
    within: 3,
  },
  {
    task: "never_decides",
    options: SIGTERM,
    state: "up_for_retry",
    exitCode: 0,
    log: "deciding",
    within: 3,
  },
  {
    task: "returns",
    when: "its result is not answered, at SIGTERM",
    options: sigtermAmid("^xcoms/"),
    state: "up_for_retry",
    exitCode: 0,
    log: "Task failed, to be retried",
  },
  {
    task: "succeeds",
    when: "Airflow refuses its end, retries are left",
    options: { ...RETRY, ...REFUSED },
    state: "up_for_retry",
    exitCode: 1,
    log: "Cannot go on",
  },
  {
    task: "succeeds",
    when: "Airflow refuses its end",
    options: REFUSED,
    state: "failed",
    exitCode: 1,
    log: "Cannot go on",
  },
  {
    task: "looks_again",
    when: "Airflow does not say since when, at SIGTERM",
    options: sigtermAmid("^task-reschedules/", { ti_context: { task_reschedule_count: 1 } }),
    state: "up_for_retry",
    exitCode: 0,
    log: "Task failed, to be retried",
  },
  {
    task: "ends_unspeakably",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
    log: "Task failed: its end could not be told",
  },
  { task: "loses_a_worker", options: RETRY, state: "up_for_retry", exitCode: 0 },
  { task: "sets_exit_code", state: "success", exitCode: 0 },
  { task: "throws_aside", options: RETRY, state: "up_for_retry", exitCode: 0 },
  { task: "rejects_aside", state: "failed", exitCode: 0 },
  { task: "fails_later", state: "success", exitCode: 0 },
  { task: "kills_itself", state: "failed", exitCode: -9, log: "ready" },
  {
    task: "kills_itself",
    when: "retries are left",
    options: RETRY,
    state: "up_for_retry",
    exitCode: -9,
  },
  { task: "blocks", options: MARKED_FAILED, state: "up_for_retry", exitCode: -9, log: "ready" },
  { task: "never_settles", options: SIGTERM, state: "up_for_retry", exitCode: 0, within: 3 },
  { task: "ignores", options: SIGTERM, state: "up_for_retry", exitCode: 0, log: "still at it 999" },
  {
    task: "spawns",
    options: { dag_run: { conf: { seconds: 30 } } },
    state: "success",
    exitCode: 0,
    within: 9,
  },
  { task: "closes_stdout", state: "success", exitCode: 0, isSeen: true },
  { task: "closes_stderr", state: "success", exitCode: 0, isSeen: true },
  { task: "closes_both", state: "success", exitCode: 0, isSeen: true },
  { task: "loses_its_folder", state: "success", exitCode: 0 },
  {
    task: "logs_last",
    when: "TMPDIR is not there",
    options: NO_FOLDER,
    state: "success",
    exitCode: 0,
  },
  { task: "logs_hostile_fields", state: "success", exitCode: 0, log: "still there" },
];
