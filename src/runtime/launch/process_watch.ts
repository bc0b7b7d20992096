/**
 * Watches what an author's code and Airflow do to the process: `exit()`, uncaught errors, signals.
 *
 * Without a watch, Deno would end the process before the task's state is reported.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { startTimer } from "../../supervisor/timer.ts";

/** Ends a handler from outside. */
export interface Interrupter {
  /** Aborts the handler's signal, and ends the handler if it does not stop in time. */
  abort(reason: TaskRuntimeError): void;
  /** Ends the handler at once, as if it had thrown `reason`. */
  end(reason: unknown): void;
}

/** Watches for what must end a handler, until it is disposed. */
export type Watch = (interrupter: Interrupter) => Disposable;

/** Watches the process while it runs a task. */
export function watchProcess(interrupter: Interrupter): Disposable {
  const stack = new DisposableStack();
  stack.use(guardExit("before the handler returned", (request) => interrupter.end(request)));
  listenForSignal(interrupter, stack);
  stack.use(listenForUncaught((error) => interrupter.end(error)));
  return stack;
}

/**
 * Watches the process while a bundle loads: an exit or an uncaught error is a failure to load the
 * bundle.
 */
export class LoadingWatch implements Disposable {
  readonly #stack = new DisposableStack();
  readonly #failed = Promise.withResolvers<never>();
  #failure: { readonly failure: unknown } | undefined;
  /** Rejected by a failure while a part of the bundle loads. */
  #part: PromiseWithResolvers<never> | undefined;
  readonly #unclaimed: unknown[] = [];

  /** Starts to watch. */
  constructor() {
    this.#failed.promise.catch(() => {});
    const fail = (failure: unknown): void => {
      this.#failure ??= { failure };
      this.#failed.reject(failure);
      if (this.#part === undefined) this.#unclaimed.push(failure);
      else this.#part.reject(failure);
    };
    this.#stack.use(guardExit("while the bundle was loading", fail));
    this.#stack.use(listenForUncaught(fail));
  }

  /** Rejects with the first failure. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** The first failure; undefined before it. */
  get failure(): { readonly failure: unknown } | undefined {
    return this.#failure;
  }

  /** The failures that occurred while no part of the bundle was loading. */
  get unclaimed(): readonly unknown[] {
    return this.#unclaimed;
  }

  /** Loads a part of the bundle; rejects with a failure that occurs meanwhile. */
  async race<T>(load: () => Promise<T>): Promise<T> {
    const part = this.#part = Promise.withResolvers<never>();
    const loading = load();
    try {
      const loaded = await Promise.race([part.promise, loading]);
      this.#part = undefined;
      // A failure that follows the load in the same turn must not count for the next part.
      await new Promise<void>((resolve) => void startTimer(0, resolve));
      return loaded;
    } finally {
      this.#part = undefined;
      // An abandoned load may still fail.
      loading.catch(() => {});
    }
  }

  /** Stops watching. */
  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}

/** Thrown by a guarded `exit()`, so that the code after the call does not run. */
export class ExitRequest extends Error {
  override readonly name: string = "ExitRequest";
  /** The requested exit code. */
  readonly exitCode: number;

  /** Creates one for an exit with `exitCode`; `when` and `call` are for the message. */
  constructor(exitCode: number, when: string, call = `Deno.exit(${exitCode})`) {
    super(`${call} was called ${when}`);
    this.exitCode = exitCode;
  }
}

/**
 * Replaces `Deno.exit()` and `close()` by a call of `onExit` that throws an {@linkcode ExitRequest};
 * disposing restores them. `when` is for the message.
 *
 * Airflow would take the exit code for the task's state, and buffered log lines would be lost. Node's
 * `process.exit()` calls `Deno.exit()`, so `process` need not be touched: Deno 2.9 takes 27 ms and more
 * to make it. While `concerns` returns false, calls reach what was there before.
 */
export function guardExit(
  when: string,
  onExit: (request: ExitRequest) => void,
  concerns: () => boolean = () => true,
): Disposable {
  const before = Deno.exit;
  let isPassing = false;
  const refuse = (request: ExitRequest): never => {
    onExit(request);
    throw request;
  };
  const guarded = (code?: number): never =>
    concerns() ? refuse(new ExitRequest(Number(code ?? Deno.exitCode), when)) : pass(code);
  /** A module may have kept an older guard, so the guard in force decides. */
  const pass = (code: number | undefined): never => {
    const next = isPassing || Deno.exit === guarded ? before : Deno.exit;
    isPassing = true;
    try {
      return next(code);
    } finally {
      isPassing = false;
    }
  };
  const { close } = globalThis;
  const restores = [
    replace(Deno, "exit", guarded),
    // In Deno, `close()` ends the process with code 0.
    replace(globalThis, "close", () => {
      if (!concerns()) return close();
      refuse(new ExitRequest(0, when, "close()"));
    }),
  ];
  return {
    [Symbol.dispose](): void {
      for (const restore of restores) restore();
    },
  };
}

function replace(target: object, name: string, value: unknown): () => void {
  const original = Object.getOwnPropertyDescriptor(target, name);
  if (original === undefined || !original.configurable) return () => {};
  Object.defineProperty(target, name, { ...original, value });
  return () => Object.defineProperty(target, name, original);
}

/** Creates the error of a task that Airflow terminates. */
export function terminated(): TaskRuntimeError {
  return new TaskRuntimeError(
    "ABORTED",
    "Cannot continue the task: Airflow terminated it (SIGTERM)",
  );
}

/**
 * Makes a write beyond the file size limit (`ulimit -f`) fail with an error, as in Python, instead of
 * ending the process.
 */
export function surviveFileSizeLimit(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}

function listenForSignal(interrupter: Interrupter, stack: DisposableStack): void {
  // Deno before 2.8 cannot listen for SIGTERM on Windows.
  if (Deno.build.os === "windows") return;
  const onSignal = (): void => interrupter.abort(terminated());
  Deno.addSignalListener("SIGTERM", onSignal);
  stack.defer(() => Deno.removeSignalListener("SIGTERM", onSignal));
}

/** Passes uncaught errors and unhandled rejections to `onUncaught`; they do not end the process. */
function listenForUncaught(onUncaught: (error: unknown) => void): Disposable {
  const take = (event: Event, error: unknown): void => {
    event.preventDefault();
    onUncaught(error);
  };
  // The error of a worker is only a text.
  const onError = (event: ErrorEvent): void => take(event, event.error ?? new Error(event.message));
  const onRejection = (event: PromiseRejectionEvent): void => take(event, event.reason);
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose](): void {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}
