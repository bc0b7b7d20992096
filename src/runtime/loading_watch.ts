/**
 * What a bundle does to its process before it runs a task: exits, and errors that nobody caught.
 *
 * @module
 */
import { guardExit } from "./exit_guard.ts";
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

  /** Starts; what happens while `concerns` says no is left as it was. */
  constructor(concerns: () => boolean = () => true) {
    // Nobody may be waiting.
    this.#failed.promise.catch(() => {});
    const fail = (failure: unknown): void => {
      this.#failure ??= { failure };
      this.#failed.reject(failure);
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

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
