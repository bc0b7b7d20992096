/**
 * The result or error of a handler, unchanged.
 *
 * @module
 */
import type { ExecutionObserver } from "../runtime/session.ts";
import type { HandlerOutcome } from "./task_test_run.ts";

/** Makes an observer for one run, which keeps the result or error of the handler. */
export function handlerWatch<Result>(): {
  readonly observer: ExecutionObserver;
  outcome(): HandlerOutcome<Result>;
} {
  let seen: HandlerOutcome<Result> = { value: undefined, error: undefined };
  return {
    observer: {
      // The continuation of a handler of this type may have returned it.
      returned: (value: Result) => seen = { value, error: undefined },
      threw: (error) => seen = { value: undefined, error },
    },
    outcome: () => seen,
  };
}
