/**
 * The faults that are run under the real Airflow, and the state that it gives each task.
 *
 * @module
 */
import type { TaskRun } from "../harness/task_run.ts";

/** A task that meets a fault, and its terminal state. */
export interface Fault {
  /** The row of tests/faults/README.md. */
  id: string;
  task: string;
  /** Distinguishes several cases of one task. */
  when?: string;
  options?: Partial<TaskRun>;
  state: string;
  /** Negative for a signal. */
  exitCode: number;
  /** An event that must be in the log. */
  log?: string;
  /** Seconds that the run may take. */
  within?: number;
  /** True if Airflow must notice the exit at once, and not only at its next heartbeat. */
  isSeen?: boolean;
}

/** A task that has a retry left. */
export const RETRY: Partial<TaskRun> = { max_tries: 1 };
const NO_FOLDER = { env: { TMPDIR: "/no/such/folder" }, dag_run: { conf: { lines: 10 } } };
const SIGTERM: Partial<TaskRun> = {
  ...RETRY,
  api_overrides: [{ path: "heartbeat", times: 1, signal: "SIGTERM" }],
};
/** Airflow's reply to the heartbeats of a task that a user marked as failed. */
export const MARKED_FAILED: Partial<TaskRun> = {
  ...RETRY,
  api_overrides: [{
    path: "heartbeat",
    status: 409,
    body: { detail: { reason: "not_running", current_state: "failed" } },
  }],
};

/**
 * SIGTERM during a request whose reply the supervisor itself waits for: longer than the task's grace
 * period, and shorter than the task would wait for the reply to its last frame.
 */
function sigtermAmid(path: string, options: Partial<TaskRun> = {}): Partial<TaskRun> {
  const env = { AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME: "2" };
  const api_overrides = [{ path, signal: "SIGTERM" as const }, { path, delay_seconds: 1.4 }];
  return { ...RETRY, ...options, env, api_overrides };
}

const REFUSED: Partial<TaskRun> = {
  api_overrides: [{ path: "/state$", status: 422, body: { detail: "its outlets are not valid" } }],
};

/** Sets how the file that contains the task loads. */
function loading(LOADS: string, options: Partial<TaskRun> = RETRY): Partial<TaskRun> {
  return { ...options, env: { LOADS } };
}

/** Run under each release by faults_test.ts. */
export const FAULTS: readonly Fault[] = [
  {
    id: "fault.deno-exit",
    task: "exits_deno",
    options: { dag_run: { conf: { code: 0 } } },
    state: "failed",
    exitCode: 0,
  },
  {
    id: "fault.process-exit",
    task: "exits_node",
    when: "retries are left",
    options: { ...RETRY, dag_run: { conf: { code: 99 } } },
    state: "up_for_retry",
    exitCode: 0,
  },
  {
    id: "fault.exits-while-loading",
    task: "exits_while_loading",
    when: "retries are left",
    options: { ...RETRY, dag_id: "exits" },
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load the bundle",
  },
  {
    id: "fault.exits-while-loading",
    task: "exits_while_loading",
    options: { dag_id: "exits" },
    state: "failed",
    exitCode: 0,
  },
  { id: "fault.close", task: "closes_itself", state: "failed", exitCode: 0 },
  {
    id: "fault.close",
    task: "closes_itself",
    when: "retries are left",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
  },
  {
    id: "fault.hostile-error",
    task: "throws_hostile",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
  },
  {
    id: "fault.hostile-error",
    task: "throws_unreadable",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
  },
  {
    id: "fault.hostile-error",
    task: "throws_unreadable",
    when: "none are left",
    state: "failed",
    exitCode: 0,
  },
  {
    id: "fault.file-fails-loading",
    task: "later",
    when: "its file fails, retries are left",
    options: loading("fails"),
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load a file of the bundle",
  },
  {
    id: "fault.file-fails-loading",
    task: "later",
    when: "its file fails",
    options: loading("fails", {}),
    state: "failed",
    exitCode: 0,
    log: "Cannot load a file of the bundle",
  },
  {
    id: "fault.file-is-denied",
    task: "later",
    when: "its file is denied an access",
    options: loading("is_denied"),
    state: "failed",
    exitCode: 0,
  },
  {
    id: "fault.sigterm-while-file-loads",
    task: "later",
    when: "its file loads without end, at SIGTERM",
    options: loading("never_settles", SIGTERM),
    state: "up_for_retry",
    exitCode: 0,
    log: "Cannot load a file of the bundle",
    within: 3,
  },
  {
    id: "fault.sigterm-while-checking",
    task: "never_checked",
    options: SIGTERM,
    state: "up_for_retry",
    exitCode: 0,
    log: "checking",
    within: 3,
  },
  {
    id: "fault.sigterm-in-retry-policy",
    task: "never_decides",
    options: SIGTERM,
    state: "up_for_retry",
    exitCode: 0,
    log: "deciding",
    within: 3,
  },
  {
    id: "fault.sigterm-in-own-request",
    task: "returns",
    when: "its result is not answered, at SIGTERM",
    options: sigtermAmid("^xcoms/"),
    state: "up_for_retry",
    exitCode: 0,
    log: "Task failed, to be retried",
  },
  {
    id: "fault.refuses-last-frame",
    task: "succeeds",
    when: "Airflow refuses its end, retries are left",
    options: { ...RETRY, ...REFUSED },
    state: "up_for_retry",
    exitCode: 1,
    log: "Cannot continue",
  },
  {
    id: "fault.refuses-last-frame",
    task: "succeeds",
    when: "Airflow refuses its end",
    options: REFUSED,
    state: "failed",
    exitCode: 1,
    log: "Cannot continue",
  },
  {
    id: "fault.sigterm-in-own-request",
    task: "looks_again",
    when: "Airflow does not say since when, at SIGTERM",
    options: sigtermAmid("^task-reschedules/", { ti_context: { task_reschedule_count: 1 } }),
    state: "up_for_retry",
    exitCode: 0,
    log: "Task failed, to be retried",
  },
  {
    id: "fault.unsendable-end",
    task: "ends_unspeakably",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
    log: "Task failed: its terminal message is not valid",
  },
  {
    id: "fault.web-worker-error",
    task: "loses_a_worker",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
  },
  { id: "fault.exit-code", task: "sets_exit_code", state: "success", exitCode: 0 },
  {
    id: "fault.uncaught-error",
    task: "throws_aside",
    options: RETRY,
    state: "up_for_retry",
    exitCode: 0,
  },
  { id: "fault.unhandled-rejection", task: "rejects_aside", state: "failed", exitCode: 0 },
  { id: "fault.fails-after-return", task: "fails_later", state: "success", exitCode: 0 },
  { id: "fault.sigkill", task: "kills_itself", state: "failed", exitCode: -9, log: "ready" },
  {
    id: "fault.sigkill",
    task: "kills_itself",
    when: "retries are left",
    options: RETRY,
    state: "up_for_retry",
    exitCode: -9,
  },
  {
    id: "fault.sigterm-blocked",
    task: "blocks",
    options: MARKED_FAILED,
    state: "up_for_retry",
    exitCode: -9,
    log: "ready",
  },
  {
    id: "fault.sigterm-never-settles",
    task: "never_settles",
    options: SIGTERM,
    state: "up_for_retry",
    exitCode: 0,
    within: 3,
  },
  {
    id: "fault.sigterm-ignored",
    task: "ignores",
    options: SIGTERM,
    state: "up_for_retry",
    exitCode: 0,
    log: "still at it 999",
  },
  {
    id: "fault.child-holds-stdout",
    task: "spawns",
    options: { dag_run: { conf: { seconds: 30 } } },
    state: "success",
    exitCode: 0,
    within: 9,
  },
  { id: "fault.closes-stdout", task: "closes_stdout", state: "success", exitCode: 0, isSeen: true },
  { id: "fault.closes-stderr", task: "closes_stderr", state: "success", exitCode: 0, isSeen: true },
  { id: "fault.closes-both", task: "closes_both", state: "success", exitCode: 0, isSeen: true },
  { id: "fault.removes-folder", task: "loses_its_folder", state: "success", exitCode: 0 },
  {
    id: "fault.tmpdir-missing",
    task: "logs_last",
    when: "TMPDIR is not there",
    options: NO_FOLDER,
    state: "success",
    exitCode: 0,
  },
  {
    id: "fault.hostile-log-fields",
    task: "logs_hostile_fields",
    state: "success",
    exitCode: 0,
    log: "still there",
  },
];
