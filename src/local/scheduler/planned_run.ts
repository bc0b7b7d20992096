/**
 * A local Dag run by the Dag's graph.
 *
 * @module
 */

import type { DagPlan } from "./dag_plan.ts";
import type { DagRunSummary, TaskResult } from "./dag_run.ts";
import type { EndState } from "../supervisor/ending.ts";
import { runGraph } from "./graph_run.ts";
import type { Instance } from "./instances.ts";
import { LocalClock } from "./local_clock.ts";
import { type RunContext, runTask } from "./run_task.ts";
import { selectTasks } from "./task_selection.ts";

/** How many tasks run at once, unless the caller says otherwise. */
const PARALLEL = 4;

/** Runs the tasks that are asked for, in the order of the graph. */
export async function runPlanned(
  plan: DagPlan,
  context: RunContext & { readonly maxWaitSeconds: number },
): Promise<DagRunSummary> {
  const { store, dagRun, fixtures, onEvent, signal } = context;
  const { dagId, runId } = dagRun;
  const results = new Map<Instance, TaskResult>();
  const expected = (taskId: string): EndState | undefined => fixtures?.tasks.get(taskId)?.expect;
  const end = await runGraph({
    plan: selectTasks(plan, context.tasks),
    dagRun,
    store,
    parallel: context.parallel ?? PARALLEL,
    ...(signal === undefined ? {} : { signal }),
    endsAs: expected,
    async run(instance, signal) {
      const { task: { taskId, retries, retryDelay }, mapIndex } = instance;
      // Each has a clock of its own: one that skips ahead must not age what runs beside it.
      const clock = new LocalClock(context.maxWaitSeconds);
      const own = { clock, mapIndex, retries, retryDelay, signal };
      const result = await runTask(taskId, { ...context, ...own });
      results.set(instance, result);
      return result.state;
    },
    onUnrun(instance, state, reason) {
      const { task: { taskId }, mapIndex } = instance;
      const place = mapIndex < 0 ? { taskId } : { taskId, mapIndex };
      onEvent?.({ type: "task-not-run", ...place, tryNumber: 0, state, reason });
      const ended = { state, reason, tries: 0, durationSeconds: 0, returnValue: undefined };
      results.set(instance, { ...place, ...ended, expected: expected(taskId) ?? state });
    },
  });
  const tasks = end.instances.flatMap((instance) => results.get(instance) ?? []);
  const isFailureWanted = tasks.some((row) => ["failed", "upstream_failed"].includes(row.expected));
  const asExpected = end.instances.every((instance) => results.has(instance)) &&
    tasks.every((row) => row.state === row.expected) &&
    (end.state !== "failed" || isFailureWanted);
  store.setDagRun({
    ...store.dagRun(dagId, runId) ?? dagRun,
    state: end.state,
    endDate: Temporal.Now.instant(),
  });
  return { dagId, runId, tasks, asExpected };
}
