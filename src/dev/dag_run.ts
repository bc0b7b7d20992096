/**
 * A local Dag run: the tasks of one Dag, one after the other, XComs flowing through the store.
 *
 * @module
 */

import type { SchemaDate } from "../protocol/generated.ts";
import type { EndState } from "./ending.ts";
import { DEFAULT_TASK_FIXTURE, type Fixtures, seedStore, type TaskFixture } from "./fixtures.ts";
import type { LogRecord } from "./log_record.ts";
import { pause } from "./pause.ts";
import { startupDetails } from "./startup_details.ts";
import { MemoryStore, type Store } from "./store.ts";
import type { SupervisionSettings } from "./supervision.ts";
import { superviseTask, type TaskRun } from "./supervisor.ts";
import type { TaskProcessOptions } from "./task_process.ts";

/** What a local Dag run needs. */
export interface DagRunOptions
  extends TaskProcessOptions, Omit<SupervisionSettings, "onLog" | "onRequest" | "faults"> {
  /** The Dag's id. */
  readonly dagId: string;
  /** The ids of its tasks, in the order of registration. */
  readonly tasks: readonly string[];
  /** Connections, variables, XComs and what is expected of tasks. */
  readonly fixtures?: Fixtures;
  /** Airflow's state; a new one in memory when absent. The fixtures are put into it. */
  readonly store?: Store;
  /** The schema date of the bundle; `2026-06-16` when absent. */
  readonly date?: SchemaDate;
  /** Is told what happens, as it happens. */
  readonly onEvent?: (event: DagRunEvent) => void;
}

/** What happens during a local Dag run. */
export type DagRunEvent =
  | { readonly type: "task-started"; readonly taskId: string; readonly tryNumber: number }
  | {
    readonly type: "log";
    readonly taskId: string;
    readonly tryNumber: number;
    readonly record: LogRecord;
  }
  | {
    readonly type: "task-ended";
    readonly taskId: string;
    readonly tryNumber: number;
    readonly run: TaskRun;
  }
  | {
    readonly type: "retry-waiting";
    readonly taskId: string;
    readonly tryNumber: number;
    /** Seconds until the next try. */
    readonly seconds: number;
  };

/** How one task of the run ended. */
export interface TaskResult {
  /** The task's id. */
  readonly taskId: string;
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
  /** The state that the fixtures expect. */
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
 * Every task runs, whatever became of those before it: a bundle does not know the Dag's graph.
 * When `signal` aborts, the task that runs is ended and no other is begun.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` or `PERMISSION_DENIED` when the command cannot be started.
 */
export async function runDag(options: DagRunOptions): Promise<DagRunSummary> {
  const { dagId, fixtures, signal, store = new MemoryStore() } = options;
  const logicalDate = Temporal.Now.instant();
  const runId = `manual__${logicalDate}`;
  if (fixtures !== undefined) seedStore(store, fixtures, dagId, runId);
  store.setDagRun({ dagId, runId, state: "running" });
  const order = orderOf(options.tasks, fixtures?.order ?? []);
  const results: TaskResult[] = [];
  for (const taskId of order) {
    if (signal?.aborted) break;
    results.push(await runTries(taskId, { ...options, store }, runId, logicalDate));
  }
  const asExpected = results.length === order.length &&
    results.every((row) => row.state === row.expected);
  const failed = results.length < order.length || results.some((row) => row.state === "failed");
  store.setDagRun({ dagId, runId, state: failed ? "failed" : "success" });
  return { dagId, runId, tasks: results, asExpected };
}

/** The tasks that `order` names first, then the others as registered. */
function orderOf(tasks: readonly string[], order: readonly string[]): string[] {
  return [...new Set([...order.filter((taskId) => tasks.includes(taskId)), ...tasks])];
}

async function runTries(
  taskId: string,
  options: DagRunOptions & { readonly store: Store },
  runId: string,
  logicalDate: Temporal.Instant,
): Promise<TaskResult> {
  const { store, signal, dagId } = options;
  const fixture = options.fixtures?.tasks.get(taskId) ?? DEFAULT_TASK_FIXTURE;
  let durationSeconds = 0;
  for (let tryNumber = 1;; tryNumber++) {
    options.onEvent?.({ type: "task-started", taskId, tryNumber });
    const run = await runTry(taskId, tryNumber, fixture, options, runId, logicalDate);
    options.onEvent?.({ type: "task-ended", taskId, tryNumber, run });
    durationSeconds += run.durationSeconds;
    const again = run.state === "up_for_retry" && tryNumber <= fixture.retries;
    if (again && !signal?.aborted) {
      const seconds = run.retryDelaySeconds ?? fixture.retryDelaySeconds;
      if (seconds > 0) {
        options.onEvent?.({ type: "retry-waiting", taskId, tryNumber, seconds });
        await pause(seconds, signal);
      }
      if (!signal?.aborted) continue;
    }
    const returned = store.xcoms({ dagId, runId, taskId, key: "return_value" })[0];
    return {
      taskId,
      state: run.state,
      reason: run.reason,
      tries: tryNumber,
      durationSeconds,
      returnValue: returned?.value,
      expected: fixture.expect,
    };
  }
}

function runTry(
  taskId: string,
  tryNumber: number,
  fixture: TaskFixture,
  options: DagRunOptions & { readonly store: Store },
  runId: string,
  logicalDate: Temporal.Instant,
): Promise<TaskRun> {
  const { dagId, store, date, fixtures, onEvent } = options;
  const pushed = store.xcomsOfTask(dagId, runId, taskId).map((xcom) => xcom.key);
  return superviseTask({
    ...options,
    startup: startupDetails({
      dagId,
      taskId,
      runId,
      tryNumber,
      retries: fixture.retries,
      logicalDate,
      ...(fixtures?.params === undefined ? {} : { conf: fixtures.params }),
      ...(date === undefined ? {} : { date }),
      // As 3.3 does: what an earlier try pushed is the runtime's to delete.
      xcomKeysToClear: [...new Set(pushed)],
    }),
    onLog: (record) => onEvent?.({ type: "log", taskId, tryNumber, record }),
  });
}
