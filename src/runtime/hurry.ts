/**
 * SIGTERM, from when on there is little time.
 *
 * @module
 */

/** Whether, and how long since, Airflow has asked the task to end: some seconds later it kills. */
export class Hurry {
  readonly #controller = new AbortController();
  #since: number | undefined;

  /** Aborted from then on, whether the handler still runs or not. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Seconds since then; 0 before. */
  get elapsedSeconds(): number {
    return this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000;
  }

  /** Airflow has asked, for the first time or again. */
  begin(reason: unknown): void {
    this.#since ??= performance.now();
    this.#controller.abort(reason);
  }
}
