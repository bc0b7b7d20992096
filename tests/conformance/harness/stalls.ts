/**
 * Counts runs whose exit the supervisor noticed late: if the sockets close before the process can be
 * reaped, it waits a whole heartbeat interval.
 *
 * @module
 */

import type { TaskResult } from "./task_run.ts";

/** A series of runs in figures; times in seconds. */
export interface StallReport {
  runs: number;
  /** Runs with more than 0.9 heartbeat intervals between terminal message and the end of the run. */
  stalled: number;
  /** Duration of the run in the middle. */
  median: number;
  /** Duration of the longest run. */
  longest: number;
}

/**
 * Summarizes runs whose terminal message reaches the Execution API at once (SucceedTask, RetryTask and
 * the like). A TaskState reaches it only after the exit, which hides a late one.
 * The median cannot be the reference: in a bad series most runs are stalled.
 */
export function stallReport(results: TaskResult[], heartbeatInterval: number): StallReport {
  const durations = results.map((result) => result.duration_seconds).sort((a, b) => a - b);
  return {
    runs: results.length,
    stalled: results.filter((result) => result.tail_seconds > 0.9 * heartbeatInterval).length,
    median: durations[Math.floor(durations.length / 2)] ?? 0,
    longest: durations.at(-1) ?? 0,
  };
}
