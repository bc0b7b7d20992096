/**
 * How long Airflow waits from SIGTERM to SIGKILL, and what the runtime does with the time.
 *
 * @module
 */
import type { SchemaDate } from "../../protocol/generated.ts";
import { readVariable } from "../../supervisor/environment.ts";
import { MAX_TIMER } from "../../values.ts";

/** What Airflow 3.3 always waits, in seconds, and 3.4 where it does not go by its setting. */
const SURE_SECONDS = 5;

/**
 * The seconds between the two signals, as far as the process can know them: `[core]
 * killed_task_cleanup_time`, where the worker's environment has it, which a task inherits. One in
 * Airflow's configuration file, and its default of 60 s, cannot be seen from here.
 *
 * Airflow 3.3 does not heed it. Only a bundle of the newer schema date knows that its Airflow does, and
 * takes more time than is sure.
 */
function killSeconds(date: SchemaDate): number {
  const seconds = Number(readVariable("AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME"));
  if (!Number.isFinite(seconds) || seconds <= 0) return SURE_SECONDS;
  // A timer that is set to more than it can wait is due at once.
  return Math.min(seconds, date === "2026-06-16" ? SURE_SECONDS : MAX_TIMER / 1000);
}

/** The time from SIGTERM on, shared out so that all is said before SIGKILL. */
export class KillTime {
  readonly #seconds: number;
  readonly #hurry = new AbortController();
  #since: number | undefined;

  /** Of a bundle of schema `date`. */
  constructor(date: SchemaDate) {
    this.#seconds = killSeconds(date);
  }

  /** Aborted by SIGTERM, whether the handler still runs or not: Airflow kills some seconds later. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** SIGTERM has come, the first one: from now on the time runs. */
  start(reason: unknown): void {
    this.#since ??= performance.now();
    this.#hurry.abort(reason);
  }

  /** Seconds for the handler after SIGTERM; the rest is for the terminal message and the log. */
  get graceSeconds(): number {
    return 0.6 * this.#seconds;
  }

  /**
   * Seconds for the handler after its execution timeout. An Airflow that enforces the timeout sends
   * SIGTERM no earlier than its kill time after it.
   */
  get timeoutGraceSeconds(): number {
    return Math.min(3, this.graceSeconds);
  }

  /** Seconds for what else belongs before the terminal frame, if SIGTERM comes now or has come. */
  get hurriedSeconds(): number {
    return this.#until(0.7, { least: 0.02, most: 0.1 });
  }

  /** Seconds for the reply to the terminal frame, and for the rest of the log. */
  get lastSeconds(): number {
    return this.#until(0.8, { least: 0.1, most: 0.8 });
  }

  /** Seconds until a part of the time is over, within bounds that are parts of it too. */
  #until(part: number, { least, most }: { least: number; most: number }): number {
    const elapsed = this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000;
    const left = part - elapsed / this.#seconds;
    return this.#seconds * Math.min(most, Math.max(least, left));
  }
}
