/**
 * The functions that authors write: handlers, continuations and retry policies.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import type { Duration, Timestamp } from "./time.ts";

/** The arguments that Airflow passes to a task, by name. */
export type TaskArgs = Readonly<Record<string, unknown>>;

/**
 * The work of one task.
 *
 * Its result becomes the XCom `return_value`; `undefined` and `null` push nothing. If it throws a
 * {@linkcode TerminalState}, the task enters that state. Any other error fails the task, or retries
 * it while retries are left.
 */
export type Handler<Args = TaskArgs, Result = unknown> = {
  // A method's parameters are bivariant, so that one registry can hold handlers of different types.
  handle(args: Args, ctx: TaskContext): Result | Promise<Result>;
}["handle"];

/** The arguments and kwargs that a continuation receives in addition to the event. */
export interface ResumedTask<Args = TaskArgs> {
  /** The arguments of the task, the same as those of its handler. */
  readonly args: Args;
  /** The `kwargs` that the task passed when it deferred. */
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/**
 * Resumes a deferred task, in another process than the one that deferred it.
 *
 * `event` is the event of the trigger; nothing checks that it has the type that the author declares.
 * The result and errors count as those of the handler.
 */
export type Continuation<Event = unknown, Result = unknown, Args = TaskArgs> = {
  // A method's parameters are bivariant, so that an author can write the event's type.
  resume(event: Event, ctx: TaskContext, resumed: ResumedTask<Args>): Result | Promise<Result>;
}["resume"];

/** Continuations by name. */
export type Continuations<Args = TaskArgs, Result = unknown> = Readonly<
  Record<string, Continuation<unknown, Result, Args>>
>;

/** A handler that brings its continuations, as `defer()` and `ask()` make. */
export interface ResumableHandler<Args = TaskArgs, Result = unknown> {
  /** Starts the task. */
  (args: Args, ctx: TaskContext): Result | Promise<Result>;
  /** The continuations, by name. */
  readonly continuations: Continuations<Args, Result>;
}

/** A retry at another time than the task's `retry_delay`. */
export interface RetryAfter {
  /** The time until the next try, or the time of the next try. */
  readonly after: Duration | Timestamp;
  /** The reason, for the log and for Airflow's UI; the error by default. */
  readonly reason?: string;
}

/** Retries the task if retries are left, fails it for good, or retries it at a given time. */
export type RetryDecision = "retry" | "fail" | RetryAfter;

/**
 * Decides whether an error is worth a retry; `undefined` leaves the decision to Airflow.
 *
 * The number of retries stays the one that the Dag gives the task. If the policy throws, or takes
 * longer than ten seconds, Airflow decides.
 */
export type RetryPolicy = (
  error: unknown,
  ctx: TaskContext,
) => RetryDecision | undefined | Promise<RetryDecision | undefined>;
