/**
 * Keeps what a handler returned or threw, as it was.
 *
 * @module
 */
import type { ExecutionObserver } from "../runtime/session.ts";
import type { Left } from "./task_test_run.ts";

/** An observer for one run, and what it has seen. */
export function handlerWatch<Result>(): {
  readonly observer: ExecutionObserver;
  left(): Left<Result>;
} {
  let seen: Left<Result> = { value: undefined, error: undefined };
  return {
    observer: {
      // What a handler of this type returns, or its continuation in its place.
      returned: (value: Result) => seen = { value, error: undefined },
      threw: (error) => seen = { value: undefined, error },
    },
    left: () => seen,
  };
}
