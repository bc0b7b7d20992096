/**
 * The time between SIGTERM and SIGKILL, and waits that SIGTERM shortens.
 *
 * @module
 */
import type { SchemaVersion } from "../../protocol/generated.ts";
import { readVariable } from "../../supervisor/environment.ts";
import { startTimer } from "../../supervisor/timer.ts";
import { MAX_TIMER } from "../../values.ts";

/** The kill time of Airflow 3.3, in seconds, and of 3.4 where its setting is unknown. */
const SURE_SECONDS = 5;

/** The seconds that a handler has to stop after its execution timeout. */
const TIMEOUT_GRACE_SECONDS = 3;

/**
 * Returns the seconds between the two signals, as far as the process can know them: `[core]
 * killed_task_cleanup_time` if the worker's environment sets it. A value in Airflow's configuration
 * file, and the default of 60 s, are not visible from here.
 *
 * Airflow 3.3 ignores the setting. A bundle with a newer schema version only runs on an Airflow that
 * heeds it.
 */
function killSeconds(date: SchemaVersion): number {
  const seconds = Number(readVariable("AIRFLOW__CORE__KILLED_TASK_CLEANUP_TIME"));
  if (!Number.isFinite(seconds) || seconds <= 0) return SURE_SECONDS;
  return Math.min(seconds, date === "2026-06-16" ? SURE_SECONDS : MAX_TIMER / 1000);
}

/** Divides the time after SIGTERM so that everything is reported before SIGKILL. */
export class KillTime {
  readonly #seconds: number;
  readonly #hurry = new AbortController();
  #since: number | undefined;

  /** Creates the kill time of a bundle with schema version `date`. */
  constructor(date: SchemaVersion) {
    this.#seconds = killSeconds(date);
  }

  /** Aborted by SIGTERM, whether or not the handler still runs. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** Starts the time, at the first SIGTERM. */
  start(reason: unknown): void {
    this.#since ??= performance.now();
    this.#hurry.abort(reason);
  }

  /** Seconds for the handler after SIGTERM; the rest is for the terminal message and the log. */
  get graceSeconds(): number {
    return 0.6 * this.#seconds;
  }

  /**
   * Seconds for the handler after its execution timeout, which an Airflow that enforces the timeout
   * cuts short after the kill time.
   */
  get timeoutGraceSeconds(): number {
    return Math.min(TIMEOUT_GRACE_SECONDS, this.graceSeconds);
  }

  /** Seconds for everything else before the terminal message, once SIGTERM has come. */
  get hurriedSeconds(): number {
    return this.#until(0.7, { least: 0.02, most: 0.1 });
  }

  /** Seconds for the reply to the terminal message, and for the rest of the log. */
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

/** The limits of a wait, in seconds. */
export interface WaitLimits {
  /** The limit before SIGTERM; none by default. */
  readonly seconds?: number | undefined;
  /** The limit from SIGTERM on. */
  readonly hurriedSeconds: number;
}

/** A wait with a limit that SIGTERM shortens; disposing stops its timers. */
export class BoundedWait implements Disposable {
  readonly #controller = new AbortController();
  readonly #stack = new DisposableStack();

  /** Starts the wait; `hurry` is aborted by SIGTERM. */
  constructor({ seconds, hurriedSeconds }: WaitLimits, hurry: AbortSignal) {
    if (seconds !== undefined) this.#abortIn(seconds, "it took too long");
    const onHurry = (): void => this.#abortIn(hurriedSeconds, hurry.reason);
    if (hurry.aborted) onHurry();
    hurry.addEventListener("abort", onHurry, { once: true });
    this.#stack.defer(() => hurry.removeEventListener("abort", onHurry));
  }

  /** Aborted when the limit is reached. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for `work`; resolves to whether it was done before the limit. */
  async until(work: Promise<void>): Promise<boolean> {
    const { signal } = this;
    if (signal.aborted) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const onAbort = (): void => resolve(false);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      return await Promise.race([work.then(() => true), promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #abortIn(seconds: number, reason: unknown): void {
    this.#stack.use(startTimer(seconds * 1000, () => this.#controller.abort(reason)));
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
