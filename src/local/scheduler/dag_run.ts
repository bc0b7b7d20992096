/**
 * A local Dag run: plans the tasks, runs the plan, and sums up the results.
 *
 * `next_tasks.ts` decides which task is next, `plan_run.ts` starts it, and `task_tries.ts` runs its
 * tries. Without a known graph the plan is the list of tasks, one after the other.
 *
 * @module
 */

import type { SchemaVersion } from "../../protocol/generated.ts";
import { DEFAULT_TASK_FIXTURE, type Fixtures, seedStore } from "../fixtures/fixtures.ts";
import { byTime } from "../store/time.ts";
import { type AirflowStore, type DagRunRow, MemoryStore } from "../store/store.ts";
import type { EndState } from "../supervisor/terminal_state.ts";
import { supervisorRecord } from "../supervisor/log_record.ts";
import type { SupervisionSettings } from "../supervisor/supervision.ts";
import type { TaskProcessOptions } from "../supervisor/task_process.ts";
import { type DagPlan, listPlan, selectTasks } from "./dag_plan.ts";
import { type AskHuman, askOnTerminal } from "./human_input.ts";
import type { Instance } from "./instances.ts";
import { LocalClock } from "./local_clock.ts";
import { runPlan } from "./plan_run.ts";
import { Resumption } from "./resumption.ts";
import { runTries, type TaskStep } from "./task_tries.ts";

/** Default of {@linkcode DagRunOptions.maxWaitSeconds}: local runs should be quick. */
const MAX_WAIT_SECONDS = 1;
/** Default of {@linkcode DagRunOptions.parallel}. */
const PARALLEL = 4;

/** The options of a local Dag run. */
export interface DagRunOptions
  extends TaskProcessOptions, Omit<SupervisionSettings, "onLog" | "onRequest" | "faults"> {
  /** The Dag's id. */
  readonly dagId: string;
  /** The ids of the tasks to run, in the order of registration. */
  readonly tasks: readonly string[];
  /** The Dag's plan; undefined for a Dag of a Python file, whose graph is unknown. */
  readonly plan?: DagPlan | undefined;
  /** The number of tasks of a plan that may run at once; 4 by default. */
  readonly parallel?: number;
  /** Connections, variables, XComs and the expected states of tasks. */
  readonly fixtures?: Fixtures;
  /** Airflow's state, which receives the fixtures; a new store in memory by default. */
  readonly store?: AirflowStore;
  /** The schema version of the bundle; `2026-06-16` by default. */
  readonly date?: SchemaVersion;
  /**
   * The longest real wait for a retry, a reschedule or a trigger, in seconds; 1 by default. A longer
   * wait is cut short, and earlier times then appear to be as long ago as after the full wait.
   */
  readonly maxWaitSeconds?: number | undefined;
  /** Asks a human when the fixtures have no answer; on the terminal by default. */
  readonly ask?: AskHuman;
  /** Receives each event as it happens. */
  readonly onEvent?: (event: DagRunEvent) => void;
}

/** An event of a local Dag run. */
export type DagRunEvent = (TaskStep | TaskNotRun) & {
  /** The task's id. */
  readonly taskId: string;
  /** The index of an instance of a mapped task. */
  readonly mapIndex?: number;
};

/** A task ended without running. */
export interface TaskNotRun {
  /** The type of the event. */
  readonly type: "task-not-run";
  /** Always 0: the task had no try. */
  readonly tryNumber: number;
  /** The state of the task. */
  readonly state: EndState;
  /** The cause of that state. */
  readonly reason: string;
}

/** The result of one task of the run. */
export interface TaskResult {
  /** The task's id. */
  readonly taskId: string;
  /** The index of an instance of a mapped task. */
  readonly mapIndex?: number;
  /** The state after the last try. */
  readonly state: EndState;
  /** The cause of that state, in one sentence. */
  readonly reason: string;
  /** The number of tries. */
  readonly tries: number;
  /** Seconds of all tries together, without the waits between them. */
  readonly durationSeconds: number;
  /** The XCom `return_value`; undefined when none was pushed. */
  readonly returnValue: unknown;
  /** The state that the fixtures expect; by default success, or the state of a task not run. */
  readonly expected: EndState;
}

/** The result of a local Dag run. */
export interface DagRunSummary {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** The results of the tasks that ended, in the order of the plan. */
  readonly tasks: readonly TaskResult[];
  /** True when all tasks ended in their expected states. */
  readonly asExpected: boolean;
}

/** The options of a run together with its parts that exist once the run is open. */
interface OpenRun extends DagRunOptions {
  readonly store: AirflowStore;
  readonly dagRun: DagRunRow;
  readonly ask: AskHuman;
}

/**
 * Runs the tasks of one Dag under the local supervisor. When `signal` aborts, running tasks are
 * terminated and no more are started.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the command cannot be started.
 */
export async function runDag(options: DagRunOptions): Promise<DagRunSummary> {
  const { dagId, tasks, fixtures, onEvent } = options;
  const run = openRun(options);
  const { store, dagRun: { runId } } = run;
  carryOver(run);
  const results = new Map<Instance, TaskResult>();
  const expected = (taskId: string): EndState | undefined => fixtures?.tasks.get(taskId)?.expect;
  const { instances, state } = await runPlan({
    plan: selectTasks(options.plan ?? listPlan(dagId, orderOf(tasks, fixtures)), tasks),
    dagRun: run.dagRun,
    store,
    parallel: options.parallel ?? PARALLEL,
    signal: options.signal,
    stateOf: expected,
    async run(instance, signal) {
      const result = await runInstance(instance, { ...run, signal });
      results.set(instance, result);
      return result.state;
    },
    onNotRun(instance, state, reason) {
      const place = placeOf(instance);
      onEvent?.({ type: "task-not-run", ...place, tryNumber: 0, state, reason });
      const ended = { state, reason, tries: 0, durationSeconds: 0, returnValue: undefined };
      results.set(instance, { ...place, ...ended, expected: expected(place.taskId) ?? state });
    },
  });
  const found = instances.flatMap((instance) => results.get(instance) ?? []);
  const isFailureExpected = found.some((row) =>
    row.expected === "failed" || row.expected === "upstream_failed"
  );
  const asExpected = found.length === instances.length &&
    found.every((row) => row.state === row.expected) &&
    (state !== "failed" || isFailureExpected);
  store.setDagRun({
    ...store.dagRun(dagId, runId) ?? run.dagRun,
    state,
    endDate: Temporal.Now.instant(),
  });
  return { dagId, runId, tasks: found, asExpected };
}

/** Puts the fixtures, the Dag, the run and its tasks into the store. */
function openRun(options: DagRunOptions): OpenRun {
  const { dagId, fixtures, tasks, store = new MemoryStore() } = options;
  const now = Temporal.Now.instant();
  const given = fixtures?.dagRun;
  const logicalDate = given?.logicalDate === undefined ? now : given.logicalDate;
  const runId = given?.runId ?? `manual__${logicalDate ?? now}`;
  const conf = fixtures?.params ?? given?.conf ?? {};
  const dagRun = { startDate: now, ...given, dagId, runId, logicalDate, conf, state: "running" };
  store.cleanState(now);
  if (fixtures !== undefined) seedStore(store, fixtures, dagId, runId);
  if (store.dag(dagId) === undefined) store.setDag({ dagId });
  store.setDagRun(dagRun);
  for (const taskId of tasks) {
    const key = { dagId, runId, taskId, mapIndex: -1 };
    store.setTaskInstance({ ...key, id: crypto.randomUUID(), state: null });
  }
  return { ...options, store, dagRun, ask: oneAtATime(options.ask ?? askOnTerminal) };
}

/**
 * Copies XComs from earlier runs for tasks of the Dag that do not run now and have none: those of
 * the last run in which the task pushed any. A single task can then run after a whole run.
 */
function carryOver({ store, dagRun: { dagId, runId }, tasks, onEvent }: OpenRun): void {
  const starts = new Map(store.dagRuns(dagId).map((run) => [run.runId, run.startDate ?? null]));
  const earlier = store.taskInstances(dagId)
    .filter((row) => row.runId !== runId && starts.has(row.runId) && !tasks.includes(row.taskId))
    .sort((a, b) => byTime(starts.get(b.runId) ?? null, starts.get(a.runId) ?? null));
  for (const { taskId, runId: from } of earlier) {
    const xcoms = store.xcomsOfTask(dagId, from, taskId);
    if (xcoms.length === 0 || store.xcomsOfTask(dagId, runId, taskId).length > 0) continue;
    for (const xcom of xcoms) store.setXCom({ ...xcom, runId });
    const record = supervisorRecord("info", "Using XComs of an earlier run", { run_id: from });
    onEvent?.({ type: "log", taskId, tryNumber: 0, record });
  }
}

/**
 * The order of a list of tasks: the fixtures' `order` first, then the order of registration; but a
 * task comes after the tasks whose results are its arguments.
 */
function orderOf(tasks: readonly string[], fixtures: Fixtures | undefined): string[] {
  const order = new Set<string>();
  const entered = new Set<string>();
  const enter = (taskId: string): void => {
    if (entered.has(taskId) || !tasks.includes(taskId)) return;
    entered.add(taskId);
    for (const argument of fixtures?.tasks.get(taskId)?.args ?? []) {
      if (argument.kind === "xcom") enter(argument.task_id);
    }
    order.add(taskId);
  };
  for (const taskId of [...fixtures?.order ?? [], ...tasks]) enter(taskId);
  return [...order];
}

/** Runs all tries of one instance. */
async function runInstance(instance: Instance, run: OpenRun): Promise<TaskResult> {
  const { store, dagRun: { dagId, runId }, fixtures, onEvent } = run;
  const { task: { taskId, retries, retryDelay }, mapIndex } = instance;
  const fixture = fixtures?.tasks.get(taskId) ?? DEFAULT_TASK_FIXTURE;
  const place = placeOf(instance);
  const end = await runTries({
    ...run,
    taskId,
    mapIndex,
    retries,
    retryDelay,
    fixture,
    // A clock per instance: skipped time must not age tasks that run at the same time.
    clock: new LocalClock(run.maxWaitSeconds ?? MAX_WAIT_SECONDS),
    resumption: new Resumption({ dagId, runId, taskId, mapIndex }, store, run.ask, fixtures),
    date: run.date ?? "2026-06-16",
    onStep: (step) => onEvent?.({ ...step, ...place }),
  });
  const returned = store.xcoms({ dagId, runId, taskId, key: "return_value" });
  return {
    ...place,
    ...end,
    returnValue: returned.find((xcom) => xcom.mapIndex === mapIndex)?.value,
    expected: fixture.expect ?? "success",
  };
}

function placeOf(
  { task: { taskId }, mapIndex }: Instance,
): { readonly taskId: string; readonly mapIndex?: number } {
  return mapIndex < 0 ? { taskId } : { taskId, mapIndex };
}

/** Serializes questions, since several tasks may ask at the same time. */
function oneAtATime(ask: AskHuman): AskHuman {
  let last: Promise<unknown> = Promise.resolve();
  return (...question) => {
    const answer = last.then(() => ask(...question));
    last = answer.catch(() => undefined);
    return answer;
  };
}
