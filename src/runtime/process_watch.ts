/**
 * What the process does to its handler: signals, exits, errors that nobody caught.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { guardExit } from "./exit_guard.ts";
import type { Interrupter } from "./interruption.ts";

/** Watches the whole process, which runs one task and nothing else. */
export function watchProcess(interrupter: Interrupter): Disposable {
  const stack = new DisposableStack();
  stack.use(guardExit("before the handler returned", (request) => interrupter.end(request)));
  listenForSignal(interrupter, stack);
  listenForStrays(interrupter, stack);
  return stack;
}

/** What Airflow does to a task that is to end. */
export function terminated(): TaskRuntimeError {
  return new TaskRuntimeError("ABORTED", "Cannot go on: Airflow ended the task (SIGTERM)");
}

function listenForSignal(interrupter: Interrupter, stack: DisposableStack): void {
  const onSignal = (): void => interrupter.abort(terminated());
  Deno.addSignalListener("SIGTERM", onSignal);
  stack.defer(() => Deno.removeSignalListener("SIGTERM", onSignal));
}

function listenForStrays(interrupter: Interrupter, stack: DisposableStack): void {
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    interrupter.end(event.error);
  };
  const onRejection = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    interrupter.end(event.reason);
  };
  globalThis.addEventListener("error", onError);
  globalThis.addEventListener("unhandledrejection", onRejection);
  stack.defer(() => {
    globalThis.removeEventListener("error", onError);
    globalThis.removeEventListener("unhandledrejection", onRejection);
  });
}
