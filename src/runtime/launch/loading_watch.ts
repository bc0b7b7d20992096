/**
 * What a bundle does to its process before it runs a task: exits, and errors that nobody caught.
 *
 * @module
 */
import { guardExit } from "./exit_guard.ts";
import { startTimer } from "../../supervisor/timer.ts";
import { listenForStrays } from "./process_watch.ts";

/**
 * Watches a bundle that loads, until it is disposed of.
 *
 * Deno would end the process, and Airflow would never be told why: each of them is a failure to load
 * the bundle instead.
 */
export class LoadingWatch implements Disposable {
  readonly #stack = new DisposableStack();
  readonly #failed = Promise.withResolvers<never>();
  #failure: { readonly failure: unknown } | undefined;
  /** Is rejected by what fails aside while a part of the bundle loads. */
  #aside: PromiseWithResolvers<never> | undefined;
  readonly #unclaimed: unknown[] = [];

  /** Starts; what happens while `concerns` says no is left as it was. */
  constructor(concerns: () => boolean = () => true) {
    // Nobody may be waiting.
    this.#failed.promise.catch(() => {});
    const fail = (failure: unknown): void => {
      this.#failure ??= { failure };
      this.#failed.reject(failure);
      if (this.#aside === undefined) this.#unclaimed.push(failure);
      else this.#aside.reject(failure);
    };
    this.#stack.use(guardExit("while the bundle was loading", fail, concerns));
    this.#stack.use(listenForStrays(fail, concerns));
  }

  /** Rejects with the first failure. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** The first failure; undefined while there is none. */
  get failure(): { readonly failure: unknown } | undefined {
    return this.#failure;
  }

  /** What failed while no part of the bundle was loading. */
  get unclaimed(): readonly unknown[] {
    return this.#unclaimed;
  }

  /** Starts what loads a part of the bundle; it ends as that does, or with what fails aside of it. */
  async race<T>(load: () => Promise<T>): Promise<T> {
    const aside = this.#aside = Promise.withResolvers<never>();
    const loading = load();
    try {
      const loaded = await Promise.race([aside.promise, loading]);
      this.#aside = undefined;
      // What has loaded stands, and what it leaves failing is not the next part's.
      await new Promise<void>((resolve) => void startTimer(0, resolve));
      return loaded;
    } finally {
      this.#aside = undefined;
      // What was left behind may still fail.
      loading.catch(() => {});
    }
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
