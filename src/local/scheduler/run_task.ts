/**
 * One task instance of a local Dag run, from its first try to its result.
 *
 * @module
 */

import type { DagRunOptions, TaskResult } from "./dag_run.ts";
import { DEFAULT_TASK_FIXTURE } from "../fixtures/fixtures.ts";
import type { Ask } from "./human.ts";
import type { LocalClock } from "./local_clock.ts";
import { supervisorRecord } from "../supervisor/log_record.ts";
import { Resumption } from "./resumption.ts";
import type { DagRunRow, Store } from "../store/store.ts";
import { runTries, type TaskTriesOptions } from "./task_tries.ts";

/** The result of a task that another one has skipped. */
const SKIPPED = {
  state: "skipped",
  reason: "another task has skipped it",
  tries: 0,
  durationSeconds: 0,
  returnValue: undefined,
} as const;

/** What an instance needs of its run. */
export interface RunContext extends DagRunOptions {
  /** Airflow's state. */
  readonly store: Store;
  /** The Dag run, as it stood when it began. */
  readonly dagRun: DagRunRow;
  /** Asks a human. */
  readonly ask: Ask;
}

/** What one instance needs. */
export interface RunTaskOptions
  extends RunContext, Pick<TaskTriesOptions, "clock" | "mapIndex" | "retries" | "retryDelay"> {
  /** The clock of the instance. */
  readonly clock: LocalClock;
}

/** Runs a task, unless another one has skipped it. */
export async function runTask(taskId: string, options: RunTaskOptions): Promise<TaskResult> {
  const { store, dagRun, fixtures, onEvent, mapIndex = -1 } = options;
  const { dagId, runId } = dagRun;
  const fixture = fixtures?.tasks.get(taskId) ?? DEFAULT_TASK_FIXTURE;
  const key = { dagId, runId, taskId, mapIndex };
  const place = mapIndex < 0 ? { taskId } : { taskId, mapIndex };
  if (store.taskInstance(key)?.state === "skipped") {
    const record = supervisorRecord("info", "Task was skipped by another task");
    onEvent?.({ type: "log", ...place, tryNumber: 0, record });
    return { ...SKIPPED, ...place, expected: fixture.expect ?? "skipped" };
  }
  const end = await runTries({
    ...options,
    taskId,
    fixture,
    resumption: new Resumption(key, store, options.ask, fixtures),
    date: options.date ?? "2026-06-16",
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
