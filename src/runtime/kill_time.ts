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

/** Seconds for what else belongs before the terminal frame. */
export function hurriedSeconds(): number {
  return 0.1 * killSeconds();
}

/** Seconds for the reply to the terminal frame, and for the rest of the log. */
export function lastSeconds(): number {
  return 0.8 * killSeconds();
}
