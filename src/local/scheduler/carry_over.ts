/**
 * What a run takes over from the runs before it: the XComs of tasks that it leaves out.
 *
 * @module
 */

import { byMoment } from "../store/moment.ts";
import type { Store } from "../store/store.ts";

/** Whose XComs were taken over, and from where. */
export interface CarriedOver {
  /** The task that pushed them. */
  readonly taskId: string;
  /** The run that it pushed them in. */
  readonly runId: string;
}

/**
 * Gives the run the XComs of each task of the Dag that is not among `tasks` and has none in the run
 * yet: those of the last run in which it pushed any. So one task can be run by itself after a whole
 * run, with what came before it in place.
 */
export function carryOver(
  store: Store,
  dagId: string,
  runId: string,
  tasks: readonly string[],
): CarriedOver[] {
  const starts = new Map(store.dagRuns(dagId).map((run) => [run.runId, run.startDate ?? null]));
  const earlier = store.taskInstances(dagId)
    .filter((row) => row.runId !== runId && starts.has(row.runId) && !tasks.includes(row.taskId))
    .sort((a, b) => byMoment(starts.get(b.runId) ?? null, starts.get(a.runId) ?? null));
  const carried: CarriedOver[] = [];
  for (const { taskId, runId: from } of earlier) {
    const xcoms = store.xcomsOfTask(dagId, from, taskId);
    if (xcoms.length === 0 || store.xcomsOfTask(dagId, runId, taskId).length > 0) continue;
    for (const xcom of xcoms) store.setXCom({ ...xcom, runId });
    carried.push({ taskId, runId: from });
  }
  return carried;
}
