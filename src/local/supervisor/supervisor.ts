/**
 * Airflow's supervisor of tasks, played locally.
 *
 * @module
 */

import type { DagRun, SchemaVersion, StartupDetails } from "../../protocol/generated.ts";
import type { AskingTask } from "../api/answer_state.ts";
import { dagRunRow } from "../api/dag_answers.ts";
import type { AirflowStore, TaskInstanceRow } from "../store/store.ts";
import { SecretsMask } from "../../protocol/secrets_mask.ts";
import {
  type Supervised,
  superviseProcess,
  type SupervisionOptions,
  type SupervisionSettings,
} from "./supervision.ts";
import type { TaskProcessOptions } from "./task_process.ts";
import { TaskSession } from "./task_session.ts";
import { type EndState, taskOutcome, type TerminalRequest } from "./terminal_state.ts";

/** The options of a supervised task. */
export interface SupervisorOptions extends SupervisionSettings {
  /** The first message; {@linkcode startupDetails} makes one. */
  readonly startup: StartupDetails;
  /** Airflow's state. */
  readonly store: AirflowStore;
  /** The schema version that messages must fit; `2026-06-16` by default. */
  readonly date?: SchemaVersion | undefined;
}

/** The result of one run of a task. */
export interface TaskRun extends Supervised {
  /** The state that Airflow would show. */
  readonly state: EndState;
  /** The cause of that state, in one sentence. */
  readonly reason: string;
  /** The terminal message that counts; null without one. */
  readonly terminal: TerminalRequest | null;
  /** The seconds that a RetryTask asked to wait; null without it. */
  readonly retryDelaySeconds: number | null;
}

/**
 * Runs one task in its own process, with `--comm=host:port --logs=host:port` appended to the
 * command.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the program cannot be started.
 */
export async function superviseTask(
  options: SupervisorOptions & TaskProcessOptions,
): Promise<TaskRun> {
  return await superviseSession(options, (session) => superviseProcess({ ...options, ...session }));
}

/** The part of a supervision that a task's session decides. */
export type SessionSupervision = Omit<SupervisionOptions, "process">;

/** Opens a task's session, lets `supervise` run it, and decides the task's state. */
export async function superviseSession(
  options: SupervisorOptions,
  supervise: (session: SessionSupervision) => Promise<Supervised>,
): Promise<TaskRun> {
  const { startup, store, date = "2026-06-16" } = options;
  const masker = new SecretsMask();
  const session = new TaskSession(startup, store, masker, date);
  const show = (changed: Omit<TaskInstanceRow, keyof AskingTask>): void =>
    store.setTaskInstance({ ...store.taskInstance(session.task), ...session.task, ...changed });
  addDagRun(store, startup.ti_context.dag_run);
  show({
    state: "running",
    tryNumber: startup.ti.try_number,
    startDate: startup.ti_context.start_date ?? Temporal.Now.instant(),
    endDate: null,
  });
  const supervised = await supervise({
    ...options,
    first: startup,
    answer: (body, say) => session.answer(body, say),
    executionTimeout: () => session.executionTimeout,
    ended: () => session.direct !== undefined || session.taskState !== undefined,
    masker,
  });
  const outcome = taskOutcome({
    direct: session.direct,
    taskState: session.taskState,
    exitCode: supervised.exitCode,
    signal: supervised.signal,
    shouldRetry: startup.ti_context.should_retry ?? false,
    failure: supervised.failure,
  });
  show({ state: outcome.state, endDate: Temporal.Now.instant() });
  const { terminal } = session;
  return {
    ...supervised,
    ...outcome,
    terminal,
    retryDelaySeconds: terminal?.type === "RetryTask" ? terminal.retry_delay_seconds ?? null : null,
  };
}

/** Adds the Dag and the Dag run of a task, unless they exist. */
function addDagRun(store: AirflowStore, run: DagRun): void {
  const { dag_id: dagId, run_id: runId } = run;
  if (store.dag(dagId) === undefined) store.setDag({ dagId });
  if (store.dagRun(dagId, runId) === undefined) store.setDagRun(dagRunRow(run));
}
