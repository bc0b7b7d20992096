/**
 * Where a task goes on that has waited.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import type { TaskArgs } from "./task_handler.ts";

/**
 * Goes on with a task that was deferred, in another process: with what the trigger fired, and the
 * kwargs that the task left for it.
 *
 * What it returns or throws counts as if the handler did. The type of the event is what the author
 * expects; nothing checks it.
 */
export type Continuation<Event = unknown, Result = unknown> = {
  // A method's parameters may be narrower, so that an author can write the event's type.
  resume(
    event: Event,
    ctx: TaskContext,
    kwargs: Readonly<Record<string, unknown>>,
  ): Result | Promise<Result>;
}["resume"];

/** Continuations by the names under which a task asks for them. */
export type Continuations = Readonly<Record<string, Continuation>>;

/** A handler that brings its own continuations, e.g. one of `defer()` or `ask()`. */
export interface ResumableHandler<Result = unknown> {
  /** Starts the task. */
  (args: TaskArgs, ctx: TaskContext): Result | Promise<Result>;
  /** Where it goes on, by name. */
  readonly continuations: Continuations;
}
