/**
 * What ends a handler from outside: signals, exits, errors that nobody caught, a supervisor gone.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { ExitRequest, guardExit } from "./exit_guard.ts";

/**
 * Seconds that a handler has from the abort of its signal to its end. Airflow kills five seconds
 * after SIGTERM by default; the rest is for the terminal frame and the log.
 */
const GRACE_SECONDS = 3;

/** Watches for what must end a handler, from its making to its disposal. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController();
  readonly #interrupted = Promise.withResolvers<never>();
  readonly #stack = new DisposableStack();
  readonly #onStray: (error: unknown) => void;
  #watching = true;

  /**
   * Watches; errors that nobody caught go to `onStray` once the handler has ended.
   *
   * `closed` is aborted when the supervisor is gone.
   */
  constructor(closed: AbortSignal, onStray: (error: unknown) => void) {
    this.#onStray = onStray;
    // Nobody may be waiting any more when it rejects.
    this.#interrupted.promise.catch(() => {});
    this.#stack.use(guardExit((request) => this.#end(request)));
    this.#listen(closed);
    this.#listenForSignal();
    this.#listenForStrays();
  }

  /** The handler's signal: aborted by SIGTERM, or when the supervisor is gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts `work` and settles as it does, or rejects with what ended it from outside. */
  async race<T>(work: () => Promise<T>): Promise<T> {
    const working = work();
    try {
      // First in the list: a handler that catches what its exit() threw has ended all the same.
      return await Promise.race([this.#interrupted.promise, working]);
    } finally {
      this.#watching = false;
      // What the handler left behind may still fail.
      working.catch(() => {});
    }
  }

  #end(reason: unknown): void {
    if (!this.#watching) {
      if (!(reason instanceof ExitRequest)) this.#onStray(reason);
      return;
    }
    this.#interrupted.reject(reason);
  }

  #abort(reason: TaskRuntimeError): void {
    if (!this.#watching || this.#controller.signal.aborted) return;
    this.#controller.abort(reason);
    const timer = setTimeout(() => this.#end(reason), GRACE_SECONDS * 1000);
    this.#stack.defer(() => clearTimeout(timer));
  }

  #listen(closed: AbortSignal): void {
    const onClosed = (): void =>
      this.#abort(
        new TaskRuntimeError("CLOSED", "Cannot go on: the supervisor is gone", {
          cause: closed.reason,
        }),
      );
    if (closed.aborted) return onClosed();
    closed.addEventListener("abort", onClosed, { once: true });
    this.#stack.defer(() => closed.removeEventListener("abort", onClosed));
  }

  #listenForSignal(): void {
    const onSignal = (): void =>
      this.#abort(
        new TaskRuntimeError("ABORTED", "Cannot go on: Airflow ended the task (SIGTERM)"),
      );
    Deno.addSignalListener("SIGTERM", onSignal);
    this.#stack.defer(() => Deno.removeSignalListener("SIGTERM", onSignal));
  }

  #listenForStrays(): void {
    const onError = (event: ErrorEvent): void => {
      event.preventDefault();
      this.#end(event.error);
    };
    const onRejection = (event: PromiseRejectionEvent): void => {
      event.preventDefault();
      this.#end(event.reason);
    };
    globalThis.addEventListener("error", onError);
    globalThis.addEventListener("unhandledrejection", onRejection);
    this.#stack.defer(() => {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    });
  }

  /** Stops watching: from now on the process is the runtime's to end. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
