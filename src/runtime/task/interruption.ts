/**
 * Ends a handler from outside: when the supervisor is gone, after a time limit, or by the watch over
 * the process.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { startTimer } from "../../supervisor/timer.ts";
import { ExitRequest, type Watch } from "../launch/process_watch.ts";
import type { KillTime } from "./kill_time.ts";
import { MAX_TIMER } from "../../values.ts";

/** Ends a handler from outside, until it is disposed. */
export class Interruption implements Disposable {
  /** The time between SIGTERM and SIGKILL. */
  readonly killTime: KillTime;
  readonly #controller = new AbortController();
  readonly #interrupted = Promise.withResolvers<never>();
  readonly #stack = new DisposableStack();
  readonly #closed: AbortSignal;
  readonly #onUncaught: (error: unknown) => void;
  /** True until the handler has ended: an uncaught error then fails the task. */
  #watching = true;
  /** True until the terminal state is decided: a signal may then change it. */
  #open = true;
  #limit: Disposable | undefined;
  #grace: Disposable | undefined;
  #expired: string | undefined;

  /**
   * Starts `watch`. Uncaught errors go to `onUncaught` once the handler has ended. `closed` is aborted
   * when the supervisor is gone.
   */
  constructor(
    closed: AbortSignal,
    onUncaught: (error: unknown) => void,
    watch: Watch,
    killTime: KillTime,
  ) {
    this.killTime = killTime;
    this.#closed = closed;
    this.#onUncaught = onUncaught;
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

  /** True if the supervisor is gone, so that the terminal state cannot be reported. */
  get isSupervisorGone(): boolean {
    return this.#closed.aborted;
  }

  /** The handler's signal: aborted by SIGTERM, by its time limit, or when the supervisor is gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Limits the handler's time to `seconds` from now, instead of an earlier limit. Then the signal is
   * aborted and the task fails, even if the handler returns in the grace time.
   */
  limit(seconds: number): void {
    this.#limit?.[Symbol.dispose]();
    this.#limit = undefined;
    const milliseconds = seconds * 1000;
    if (milliseconds > MAX_TIMER) return;
    this.#limit = startTimer(milliseconds, () => {
      if (!this.#watching) return;
      this.#expired =
        `Cannot continue the task: it ran longer than its execution timeout of ${seconds} s`;
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

  /** Marks the terminal state as decided. */
  settle(): void {
    this.#grace?.[Symbol.dispose]();
    this.#open = false;
  }

  #end(reason: unknown): void {
    if (!this.#watching) {
      if (!(reason instanceof ExitRequest)) this.#onUncaught(reason);
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
        new TaskRuntimeError("CLOSED", "Cannot continue the task: the supervisor is gone", {
          cause: closed.reason,
        }),
        this.killTime.timeoutGraceSeconds,
      );
    if (closed.aborted) return onClosed();
    closed.addEventListener("abort", onClosed, { once: true });
    this.#stack.defer(() => closed.removeEventListener("abort", onClosed));
  }

  /** Stops the watch and all timers. */
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
