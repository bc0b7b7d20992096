/**
 * What ends a handler from outside: a supervisor gone, a time limit, and what a watch tells.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { startTimer } from "../../supervisor/timer.ts";
import { ExitRequest, type Watch } from "../launch/process_watch.ts";
import type { KillTime } from "./kill_time.ts";
import { MAX_TIMER } from "../../values.ts";

/** Watches for what must end a handler, from its making to its disposal. */
export class Interruption implements Disposable {
  /** The time that Airflow leaves the task from SIGTERM on, whether the handler still runs or not. */
  readonly killTime: KillTime;
  readonly #controller = new AbortController();
  readonly #interrupted = Promise.withResolvers<never>();
  readonly #stack = new DisposableStack();
  readonly #closed: AbortSignal;
  readonly #onStray: (error: unknown) => void;
  /** Whether the handler has still to end: what nobody caught is then its failure. */
  #watching = true;
  /** Whether the outcome is still open: Airflow's signal is then heard. */
  #open = true;
  #limit: Disposable | undefined;
  #grace: Disposable | undefined;
  #expired: string | undefined;

  /**
   * Watches by `watch`; errors that nobody caught go to `onStray` once the handler has ended.
   *
   * `closed` is aborted when the supervisor is gone.
   */
  constructor(
    closed: AbortSignal,
    onStray: (error: unknown) => void,
    watch: Watch,
    killTime: KillTime,
  ) {
    this.killTime = killTime;
    this.#closed = closed;
    this.#onStray = onStray;
    // Nobody may be waiting any more when it rejects.
    this.#interrupted.promise.catch(() => {});
    this.#stack.use(watch({
      abort: (reason) => {
        killTime.start(reason);
        this.#abort(reason, killTime.graceSeconds);
      },
      end: (reason) => this.#end(reason),
    }));
    this.#listenForClose(closed);
  }

  /** Whether nobody is left to tell how the task ended. */
  get isSupervisorGone(): boolean {
    return this.#closed.aborted;
  }

  /** The handler's signal: aborted by SIGTERM, its time limit, or when the supervisor is gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Aborts the signal in `seconds`, in the place of an earlier limit, and ends the handler if it
   * goes on; what it does in the time left to it can no longer make the task a success.
   */
  limit(seconds: number): void {
    this.#limit?.[Symbol.dispose]();
    this.#limit = undefined;
    const milliseconds = seconds * 1000;
    if (milliseconds > MAX_TIMER) return;
    this.#limit = startTimer(milliseconds, () => {
      if (!this.#watching) return;
      this.#expired =
        `Cannot go on: the task ran longer than its execution timeout of ${seconds} s`;
      const reason = new TaskRuntimeError("TIMEOUT", this.#expired);
      this.#abort(reason, this.killTime.timeoutGraceSeconds);
    });
  }

  /** Runs the handler; see {@linkcode wait}. */
  async race<T>(handler: () => Promise<T>): Promise<T> {
    try {
      return await this.wait(handler);
    } finally {
      this.endHandler();
    }
  }

  /**
   * Runs a step and settles as it does, or rejects with what ended it from outside. After the
   * execution timeout the task fails with `TIMEOUT`, however the step ends.
   */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    const working = work();
    try {
      // First in the list: a handler that catches the error of its own exit() has ended all the same.
      const result = await Promise.race([this.#interrupted.promise, working]);
      if (this.#expired === undefined) return result;
      throw new TaskRuntimeError("TIMEOUT", this.#expired);
    } catch (error) {
      if (this.#expired === undefined || isTimeout(error)) throw error;
      throw new TaskRuntimeError("TIMEOUT", this.#expired, { cause: error });
    } finally {
      // A step that was abandoned may still fail.
      working.catch(() => {});
    }
  }

  /** Ends the handler's part: from now on an uncaught error is logged and does not fail the task. */
  endHandler(): void {
    this.#limit?.[Symbol.dispose]();
    this.#watching = false;
  }

  /** The outcome is known: nothing can change it any more. */
  settle(): void {
    this.#grace?.[Symbol.dispose]();
    this.#open = false;
  }

  #end(reason: unknown): void {
    if (!this.#watching) {
      if (!(reason instanceof ExitRequest)) this.#onStray(reason);
      return;
    }
    this.#interrupted.reject(reason);
  }

  #abort(reason: TaskRuntimeError, graceSeconds: number): void {
    if (!this.#open || this.#controller.signal.aborted) return;
    this.#controller.abort(reason);
    this.#grace = startTimer(graceSeconds * 1000, () => this.#interrupted.reject(reason));
  }

  #listenForClose(closed: AbortSignal): void {
    const onClosed = (): void =>
      this.#abort(
        new TaskRuntimeError("CLOSED", "Cannot go on: the supervisor is gone", {
          cause: closed.reason,
        }),
        this.killTime.timeoutGraceSeconds,
      );
    if (closed.aborted) return onClosed();
    closed.addEventListener("abort", onClosed, { once: true });
    this.#stack.defer(() => closed.removeEventListener("abort", onClosed));
  }

  /** Stops watching: from now on the process is the runtime's to end. */
  [Symbol.dispose](): void {
    this.#limit?.[Symbol.dispose]();
    this.#grace?.[Symbol.dispose]();
    this.#stack.dispose();
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof TaskRuntimeError && error.code === "TIMEOUT" &&
    error.request === undefined;
}
