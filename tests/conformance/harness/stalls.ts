/**
 * Counts runs that the supervisor slept over: if the sockets reach their end before the process
 * can be reaped, it waits a whole heartbeat interval.
 *
 * @module
 */

import type { TaskResult } from "./task_run.ts";

/** A series of runs in figures; times in seconds. */
export interface StallReport {
  runs: number;
  /** Runs with more than 0.9 heartbeat intervals between their end's report and Airflow's own end. */
  stalled: number;
  /** Duration of the run in the middle. */
  median: number;
  /** Duration of the longest run. */
  longest: number;
}

/**
 * Sums up a series of runs that report their end at once (SucceedTask, RetryTask and the like; a
 * TaskState reaches the Execution API only after the exit, so that nothing can be seen of a wait).
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
