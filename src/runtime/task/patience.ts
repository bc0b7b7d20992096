/**
 * A bound for a wait that SIGTERM shortens.
 *
 * @module
 */
import { startTimer } from "../../supervisor/timer.ts";

/** How long a wait may last, in seconds. */
export interface PatienceOptions {
  /** While nobody presses; without it there is no bound until then. */
  readonly seconds?: number | undefined;
  /** From the moment on that somebody does. */
  readonly hurriedSeconds: number;
}

/** A signal that is aborted when a wait has lasted too long; disposing stops the clock. */
export class Patience implements Disposable {
  readonly #controller = new AbortController();
  readonly #stack = new DisposableStack();

  /** Starts the clock; from when `hurry` is aborted, the shorter time counts. */
  constructor({ seconds, hurriedSeconds }: PatienceOptions, hurry: AbortSignal | undefined) {
    if (seconds !== undefined) this.#abortIn(seconds, "it took too long");
    const onHurry = (): void => this.#abortIn(hurriedSeconds, hurry?.reason);
    if (hurry?.aborted) onHurry();
    hurry?.addEventListener("abort", onHurry, { once: true });
    this.#stack.defer(() => hurry?.removeEventListener("abort", onHurry));
  }

  /** Aborted when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for `work`; resolves to whether it was done in time. */
  async wait(work: Promise<void>): Promise<boolean> {
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
