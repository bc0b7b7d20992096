/**
 * A local Dag run: the tasks of one Dag, in the order of its graph where it is known, else one after
 * the other; XComs flow through the store.
 *
 * @module
 */

import type { SchemaDate } from "../../protocol/generated.ts";
import { carryOver } from "./carry_over.ts";
import type { DagPlan } from "./dag_plan.ts";
import type { EndState } from "../supervisor/ending.ts";
import { type Fixtures, seedStore } from "../fixtures/fixtures.ts";
import type { Ask } from "./human.ts";
import { LocalClock } from "./local_clock.ts";
import { supervisorRecord } from "../supervisor/log_record.ts";
import { runPlanned } from "./planned_run.ts";
import { runTask } from "./run_task.ts";
import { type DagRunRow, MemoryStore, type Store } from "../store/store.ts";
import type { SupervisionSettings } from "../supervisor/supervision.ts";
import type { TaskProcessOptions } from "../supervisor/task_process.ts";
import type { TaskStep } from "./task_tries.ts";
import { askOnTerminal } from "./terminal_prompt.ts";

/** Seconds to wait really, unless the caller says otherwise: local runs are to be quick. */
const MAX_WAIT_SECONDS = 1;
/** The states of a task that something is to resume. */
const WAITING_STATES: readonly EndState[] = [
  "up_for_retry",
  "up_for_reschedule",
  "deferred",
  "awaiting_input",
];
/** What a local Dag run needs. */
export interface DagRunOptions
  extends TaskProcessOptions, Omit<SupervisionSettings, "onLog" | "onRequest" | "faults"> {
  /** The Dag's id. */
  readonly dagId: string;
  /** The ids of its tasks, in the order of registration. */
  readonly tasks: readonly string[];
  /** The Dag's graph, of which those tasks run; undefined for a Dag of a Python file. */
  readonly plan?: DagPlan;
  /** How many tasks may run at once, by the graph; 4 when absent. Without one they never do. */
  readonly parallel?: number;
  /** Connections, variables, XComs and what is expected of tasks. */
  readonly fixtures?: Fixtures;
  /** Airflow's state; a new one in memory when absent. The fixtures are put into it. */
  readonly store?: Store;
  /** The schema date of the bundle; `2026-06-16` when absent. */
  readonly date?: SchemaDate;
  /**
   * The most seconds to wait really for a retry, a reschedule or a moment; 1 when absent. What is
   * longer is cut short, and what came before seems as long ago as if it had been waited out.
   */
  readonly maxWaitSeconds?: number;
  /** Asks a human for whom the fixtures have no answer; on the terminal when absent. */
  readonly ask?: Ask;
  /** Is told what happens, as it happens. */
  readonly onEvent?: (event: DagRunEvent) => void;
}

/** What happens during a local Dag run. */
export type DagRunEvent = (TaskStep | TaskNotRun) & {
  readonly taskId: string;
  /** The index of an instance of a mapped task. */
  readonly mapIndex?: number;
};

/** A task ended without running, as the graph says. */
export interface TaskNotRun {
  /** What happened. */
  readonly type: "task-not-run";
  /** No try: 0. */
  readonly tryNumber: number;
  /** The state that it has got. */
  readonly state: EndState;
  /** Why. */
  readonly reason: string;
}

/** How one task of the run ended. */
export interface TaskResult {
  /** The task's id. */
  readonly taskId: string;
  /** The index of an instance of a mapped task. */
  readonly mapIndex?: number;
  /** The state after the last try. */
  readonly state: EndState;
  /** One sentence that says why that state. */
  readonly reason: string;
  /** How many tries it took. */
  readonly tries: number;
  /** Seconds of all tries together, without the waits between them. */
  readonly durationSeconds: number;
  /** The XCom `return_value`; undefined when none was pushed. */
  readonly returnValue: unknown;
  /**
   * The state that the fixtures expect; by default success, or what the graph makes of a task that
   * does not run.
   */
  readonly expected: EndState;
}

/** How a local Dag run ended. */
export interface DagRunSummary {
  /** The Dag's id. */
  readonly dagId: string;
  /** The Dag run's id. */
  readonly runId: string;
  /** One row a task that ran, in their order. */
  readonly tasks: readonly TaskResult[];
  /** Whether all tasks ran and ended as expected: what an exit code is made of. */
  readonly asExpected: boolean;
}

/**
 * Runs the tasks of one Dag under the local supervisor, with retries as the fixtures say.
 *
 * With a plan they run in the order of the graph, by their trigger rules, mapped tasks once for each
 * index. Without one every task runs, whatever became of those before it: of a Dag in Python a bundle
 * does not know the graph. When `signal` aborts, what runs is ended and nothing more is begun.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the command cannot be started.
 */
export async function runDag(options: DagRunOptions): Promise<DagRunSummary> {
  const { dagId, fixtures, signal, store = new MemoryStore() } = options;
  const dagRun = openRun(options, store);
  const { runId } = dagRun;
  const maxWaitSeconds = options.maxWaitSeconds ?? MAX_WAIT_SECONDS;
  for (const { taskId, runId: from } of carryOver(store, dagId, runId, options.tasks)) {
    const record = supervisorRecord("info", "XComs are those of an earlier run", { run_id: from });
    options.onEvent?.({ type: "log", taskId, tryNumber: 0, record });
  }
  const context = { ...options, ask: oneAtATime(options.ask ?? askOnTerminal), store, dagRun };
  if (options.plan !== undefined) {
    return await runPlanned(options.plan, { ...context, maxWaitSeconds });
  }
  const order = orderOf(options.tasks, fixtures);
  const clock = new LocalClock(maxWaitSeconds);
  const results: TaskResult[] = [];
  for (const taskId of order) {
    if (signal?.aborted) break;
    results.push(await runTask(taskId, { ...context, clock }));
  }
  const asExpected = results.length === order.length &&
    results.every((row) => row.state === row.expected);
  store.setDagRun({
    ...store.dagRun(dagId, runId) ?? dagRun,
    state: stateOf(results, order),
    endDate: Temporal.Now.instant(),
  });
  return { dagId, runId, tasks: results, asExpected };
}

/** Puts the Dag, the run and its tasks into the store, and the fixtures. */
function openRun(options: DagRunOptions, store: Store): DagRunRow {
  const { dagId, fixtures, tasks } = options;
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
  return dagRun;
}

/** A run whose tasks wait for something that does not come is still running, as in Airflow. */
function stateOf(results: readonly TaskResult[], order: readonly string[]): string {
  if (results.length < order.length || results.some((row) => row.state === "failed")) {
    return "failed";
  }
  return results.some((row) => WAITING_STATES.includes(row.state)) ? "running" : "success";
}

/**
 * The tasks that the fixtures' `order` names first, then the others as registered; but each after
 * those whose results are among its arguments.
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

/** What may ask humans while several tasks run: one question at a time. */
function oneAtATime(ask: Ask): Ask {
  let last: Promise<unknown> = Promise.resolve();
  return (...question) => {
    const answer = last.then(() => ask(...question));
    last = answer.catch(() => undefined);
    return answer;
  };
}
