/**
 * How long Airflow waits from SIGTERM to SIGKILL, and what the runtime does with the time.
 *
 * @module
 */
import { MAX_TIMER } from "../supervisor/deadline.ts";
import { readVariable } from "../supervisor/environment.ts";

/** Airflow's default of `[core] killed_task_cleanup_time`, in seconds. */
const DEFAULT_SECONDS = 5;

/**
 * The setting, as far as the process can know it: where it is set by the worker's environment, which
 * a task inherits. One in Airflow's configuration file cannot be seen from here.
 */
function killSeconds(): number {
  const seconds = Number(readVariable("AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME"));
  // A timer that is set to more than it can wait is due at once.
  return Number.isFinite(seconds) && seconds > 0
    ? Math.min(seconds, MAX_TIMER / 1000)
    : DEFAULT_SECONDS;
}

/** Seconds for the handler to end; the rest is for the terminal frame and the log. */
export function graceSeconds(): number {
  return 0.6 * killSeconds();
}

/** Seconds for each wait before the terminal frame, `elapsed` seconds after SIGTERM. */
export function hurriedSeconds(elapsed = 0): number {
  return secondsLeft(elapsed, { most: 0.1, least: 0.02 });
}

/** Seconds for the reply to the terminal frame, `elapsed` seconds after SIGTERM. */
export function lastSeconds(elapsed: number): number {
  return secondsLeft(elapsed, { most: END, least: 0.08 });
}

/** Seconds for the rest of the log, `elapsed` seconds after SIGTERM. */
export function restSeconds(elapsed: number): number {
  return secondsLeft(elapsed, { most: END, least: 0.05 });
}

/** The part of the time after which no wait goes on, but for the least that each is given. */
const END = 0.8;

function secondsLeft(
  elapsed: number,
  share: { readonly most: number; readonly least: number },
): number {
  const seconds = killSeconds();
  return seconds * Math.max(share.least, Math.min(share.most, END - elapsed / seconds));
}
