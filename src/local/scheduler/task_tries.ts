/**
 * Runs the tries of one task, and within a try each process that resumes the task.
 *
 * @module
 */

import type { SchemaVersion } from "../../protocol/generated.ts";
import type { TaskFixture } from "../fixtures/fixtures.ts";
import { secondsBetween, timeOf } from "../store/time.ts";
import type { AirflowStore, DagRunRow } from "../store/store.ts";
import type { SupervisedRequest } from "../supervisor/conversation.ts";
import type { EndState } from "../supervisor/terminal_state.ts";
import { type LogRecord, supervisorRecord } from "../supervisor/log_record.ts";
import { startupDetails } from "../supervisor/startup_details.ts";
import type { SupervisionSettings } from "../supervisor/supervision.ts";
import { superviseTask, type SupervisorOptions, type TaskRun } from "../supervisor/supervisor.ts";
import type { TaskProcessOptions } from "../supervisor/task_process.ts";
import type { LocalClock, Mark } from "./local_clock.ts";
import type { Resume, Resumption } from "./resumption.ts";

/** The options of a task's tries. */
export interface TaskTriesOptions
  extends TaskProcessOptions, Omit<SupervisionSettings, "onLog" | "onRequest" | "faults"> {
  /** The task's id. */
  readonly taskId: string;
  /** The Dag run at its start. */
  readonly dagRun: DagRunRow;
  /** The fixtures of the task. */
  readonly fixture: TaskFixture;
  /** Resumes the task after a deferral or a human response. */
  readonly resumption: Resumption;
  /** Airflow's state. */
  readonly store: AirflowStore;
  /** The clock of the task. */
  readonly clock: LocalClock;
  /** The schema version of the bundle. */
  readonly date: SchemaVersion;
  /** The map index; -1 by default, for a task that is not mapped. */
  readonly mapIndex?: number;
  /** The Dag's number of retries, which the fixtures override; 0 by default. */
  readonly retries?: number;
  /** The Dag's seconds until the next try, which the task and the fixtures override; 0 by default. */
  readonly retryDelay?: (tryNumber: number) => number;
  /** Runs the task once; in a process of its own by default. */
  readonly supervise?: (options: SupervisorOptions & TaskProcessOptions) => Promise<TaskRun>;
  /** Receives each event as it happens. */
  readonly onStep: (step: TaskStep) => void;
}

/** An event of a task. */
export type TaskStep =
  | { readonly type: "task-started"; readonly tryNumber: number }
  | { readonly type: "log"; readonly tryNumber: number; readonly record: LogRecord }
  | {
    readonly type: "request";
    readonly tryNumber: number;
    /** The request, secrets not masked. */
    readonly request: SupervisedRequest;
  }
  | { readonly type: "task-ended"; readonly tryNumber: number; readonly run: TaskRun }
  | {
    readonly type: "retry-waiting";
    readonly tryNumber: number;
    /** Seconds until the next try. */
    readonly seconds: number;
  };

/** The result of a task after all its tries. */
export interface TaskEnd {
  /** The state after the last try. */
  readonly state: EndState;
  /** The cause of that state, in one sentence. */
  readonly reason: string;
  /** The number of tries. */
  readonly tries: number;
  /** Seconds of all processes together, without the waits between them. */
  readonly durationSeconds: number;
}

/** One try, which may take several processes when the task is resumed. */
interface Try {
  readonly id: string;
  readonly number: number;
  readonly start: Mark;
  readonly reschedules: readonly Mark[];
  readonly resume?: Resume;
}

/** The task's result, or the try to continue with. */
type Next = { readonly end: Pick<TaskEnd, "state" | "reason"> } | { readonly go: Try };

/** Runs a task until it is neither tried again nor resumed. */
export async function runTries(options: TaskTriesOptions): Promise<TaskEnd> {
  let current = firstTry(1, options.clock);
  let durationSeconds = 0;
  while (true) {
    const run = await runOnce(current, options);
    durationSeconds += run.durationSeconds;
    const next = await decide(run, current, options);
    if ("end" in next) return { ...next.end, tries: current.number, durationSeconds };
    current = next.go;
  }
}

function firstTry(number: number, clock: LocalClock): Try {
  return { id: crypto.randomUUID(), number, start: clock.mark(), reschedules: [] };
}

async function runOnce(current: Try, options: TaskTriesOptions): Promise<TaskRun> {
  const { taskId, store, clock, fixture, onStep, mapIndex = -1 } = options;
  const { dagId, runId } = options.dagRun;
  const { resume, number: tryNumber } = current;
  onStep({ type: "task-started", tryNumber });
  const [first] = current.reschedules;
  const firstRescheduleDate = first && clock.seen(first);
  const key = { dagId, runId, taskId, mapIndex };
  store.setTaskInstance({
    ...store.taskInstance(key) ?? { ...key, state: null },
    id: current.id,
    firstRescheduleDate: firstRescheduleDate ?? null,
  });
  // As in Airflow 3.3, the runtime deletes the XComs of the earlier try; a resumed task keeps them.
  const pushed = resume === undefined
    ? store.xcomsOfTask(dagId, runId, taskId).filter((xcom) => xcom.mapIndex === mapIndex)
    : [];
  const dagRun = store.dagRun(dagId, runId) ?? options.dagRun;
  const run = await (options.supervise ?? superviseTask)({
    ...options,
    startup: startupDetails({
      dagId,
      taskId,
      runId,
      dagRun,
      id: current.id,
      tryNumber,
      mapIndex,
      retries: retriesOf(options),
      startDate: clock.seen(current.start),
      rescheduleCount: current.reschedules.length,
      firstRescheduleDate,
      nextMethod: resume?.method,
      nextKwargs: resume?.kwargs,
      args: fixture.args,
      date: options.date,
      xcomKeysToClear: [...new Set(pushed.map((xcom) => xcom.key))],
    }),
    onLog: (record) => onStep({ type: "log", tryNumber, record }),
    onRequest: (request) => onStep({ type: "request", tryNumber, request }),
  });
  onStep({ type: "task-ended", tryNumber, run });
  return run;
}

/** Decides after a process: the task has its result, is tried again, or the try is resumed. */
async function decide(run: TaskRun, current: Try, options: TaskTriesOptions): Promise<Next> {
  const { fixture, signal, clock } = options;
  const stay: Next = { end: { state: run.state, reason: run.reason } };
  // The fixtures can leave a task in a waiting state by expecting that state.
  if (signal?.aborted || run.state === fixture.expect) return stay;
  if (run.state === "up_for_retry") return await retry(run, current, options) ?? stay;
  const { terminal } = run;
  if (run.state === "up_for_reschedule" && terminal?.type === "RescheduleTask") {
    const mark = clock.mark();
    const date = timeOf(terminal.reschedule_date) ?? mark.at;
    await waitFor(secondsBetween(mark.at, date), "Rescheduled", current, options);
    const { resume: _, ...again } = current;
    return signal?.aborted
      ? stay
      : { go: { ...again, reschedules: [...current.reschedules, mark] } };
  }
  const isWaiting = terminal?.type === "DeferTask" || terminal?.type === "AwaitInputTask";
  if (!isWaiting || (run.state !== "deferred" && run.state !== "awaiting_input")) return stay;
  const outcome = await options.resumption.wait(terminal, {
    clock,
    say: (level, event, fields) => say(supervisorRecord(level, event, fields), current, options),
    signal,
  });
  if (outcome.kind === "end") return { end: outcome };
  return outcome.kind === "stay" ? stay : { go: { ...current, resume: outcome.resume } };
}

async function retry(
  run: TaskRun,
  current: Try,
  options: TaskTriesOptions,
): Promise<Next | undefined> {
  const { fixture, signal, clock, onStep } = options;
  if (current.number > retriesOf(options)) return undefined;
  const seconds = run.retryDelaySeconds ?? fixture.retryDelaySeconds ??
    options.retryDelay?.(current.number) ?? 0;
  if (seconds > 0) {
    onStep({ type: "retry-waiting", tryNumber: current.number, seconds });
    await waitFor(seconds, "Up for retry", current, options);
  }
  return signal?.aborted ? undefined : { go: firstTry(current.number + 1, clock) };
}

function retriesOf({ fixture, retries = 0 }: TaskTriesOptions): number {
  return fixture.retries ?? retries;
}

async function waitFor(
  seconds: number,
  why: string,
  current: Try,
  options: TaskTriesOptions,
): Promise<void> {
  const skipped = options.clock.skips(seconds);
  if (skipped > 0) {
    const event = `${why}: skipping a part of the wait`;
    const fields = { wait_seconds: rounded(seconds), skipped_seconds: rounded(skipped) };
    say(supervisorRecord("info", event, fields), current, options);
  }
  await options.clock.wait(Math.max(0, seconds), options.signal);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

function say(record: LogRecord, { number }: Try, { onStep }: TaskTriesOptions): void {
  onStep({ type: "log", tryNumber: number, record });
}
