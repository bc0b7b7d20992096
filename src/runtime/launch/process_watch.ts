/**
 * What the process does to its handler: signals, exits, errors that nobody caught.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { guardExit } from "./exit_guard.ts";
import type { Interrupter } from "../task/interruption.ts";

/** Watches the whole process, which runs one task and nothing else. */
export function watchProcess(interrupter: Interrupter): Disposable {
  const stack = new DisposableStack();
  stack.use(guardExit("before the handler returned", (request) => interrupter.end(request)));
  listenForSignal(interrupter, stack);
  stack.use(listenForStrays((error) => interrupter.end(error)));
  return stack;
}

/**
 * Makes a write beyond the file size limit (`ulimit -f`) fail with an error, as in Python, instead of
 * ending the process.
 */
export function surviveFileSizeLimit(): void {
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGXFSZ", () => {});
}

/** What Airflow does to a task that is to end. */
export function terminated(): TaskRuntimeError {
  return new TaskRuntimeError("ABORTED", "Cannot go on: Airflow ended the task (SIGTERM)");
}

function listenForSignal(interrupter: Interrupter, stack: DisposableStack): void {
  // Deno before 2.8 cannot listen for SIGTERM on Windows, where a task ends without notice.
  if (Deno.build.os === "windows") return;
  const onSignal = (): void => interrupter.abort(terminated());
  Deno.addSignalListener("SIGTERM", onSignal);
  stack.defer(() => Deno.removeSignalListener("SIGTERM", onSignal));
}

/** Gives `onStray` the errors that nobody caught, which end no process while `concerns` says so. */
export function listenForStrays(
  onStray: (error: unknown) => void,
  concerns: () => boolean = () => true,
): Disposable {
  const stray = (event: Event, error: unknown): void => {
    if (!concerns()) return;
    event.preventDefault();
    onStray(error);
  };
  // What a worker died of comes as a text alone.
  const onError = (event: ErrorEvent): void =>
    stray(event, event.error ?? new Error(event.message));
  const onRejection = (event: PromiseRejectionEvent): void => stray(event, event.reason);
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose](): void {
      globalThis.removeEventListener("error", onError);
      globalThis.removeEventListener("unhandledrejection", onRejection);
    },
  };
}
