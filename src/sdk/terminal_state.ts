/**
 * The states that a handler puts its task into by throwing.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { type Duration, instantOf, secondsOf, type Timestamp } from "./time.ts";
import type { Trigger } from "./trigger.ts";

/**
 * A state that a handler puts its task into by throwing an instance: {@linkcode SkipTask},
 * {@linkcode FailTask}, {@linkcode RetryTask}, {@linkcode RescheduleTask}, {@linkcode DeferTask} or
 * {@linkcode AwaitInput}.
 *
 * The error that leaves the handler counts; its causes do not.
 *
 * @example Rethrow a terminal state where other errors are caught
 * ```ts
 * import { SkipTask, TerminalState } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * try {
 *   throw new SkipTask("nothing to load");
 * } catch (error) {
 *   if (!(error instanceof TerminalState)) throw error;
 *   assertEquals(error.reason, "nothing to load");
 * }
 * ```
 */
export abstract class TerminalState extends Error {
  /** The name of the class. */
  override readonly name: string = "TerminalState";
  /** The author's reason; null without one. */
  readonly reason: string | null;

  /** Makes an error whose message is the author's reason, or `what` without one. */
  protected constructor(what: string, reason?: string, options?: ErrorOptions) {
    super(reason ?? what, options);
    // Untyped code may pass any value.
    this.reason = reason === undefined || reason === null ? null : String(reason);
  }
}

/**
 * Skips the task. Downstream tasks are skipped too, unless their trigger rules say otherwise.
 *
 * @example
 * ```ts
 * import { SkipTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const rows = await ctx.xcoms.pull<number>("extract");
 *   if (rows === 0) throw new SkipTask("nothing to load");
 * });
 * ```
 */
export class SkipTask extends TerminalState {
  /** `"SkipTask"`. */
  override readonly name: string = "SkipTask";

  /** Skips the task, and logs the reason. */
  constructor(reason?: string, options?: ErrorOptions) {
    super("the task was skipped", reason, options);
  }
}

/**
 * Fails the task for good, without the retries that it has left.
 *
 * @example
 * ```ts
 * import { FailTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const table = await ctx.variables.get("table", { default: "" });
 *   if (table === "") throw new FailTask("the variable has no table");
 * });
 * ```
 */
export class FailTask extends TerminalState {
  /** `"FailTask"`. */
  override readonly name: string = "FailTask";

  /** Fails the task, and logs the reason. */
  constructor(reason?: string, options?: ErrorOptions) {
    super("the task failed for good", reason, options);
  }
}

/** The options of {@linkcode RetryTask}. */
export interface RetryTaskOptions extends ErrorOptions {
  /** The time until the next try, or the time of the next try; the task's `retry_delay` by default. */
  after?: Duration | Timestamp;
  /** The reason, for the log and for Airflow's UI. */
  reason?: string;
}

/**
 * Ends this try and retries the task. The task fails when it has no retries left.
 *
 * @example
 * ```ts
 * import { RetryTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async () => {
 *   const response = await fetch("https://warehouse.example/rows");
 *   if (response.status === 429) {
 *     throw new RetryTask({ after: { minutes: 5 }, reason: "too many requests" });
 *   }
 * });
 * ```
 */
export class RetryTask extends TerminalState {
  /** `"RetryTask"`. */
  override readonly name: string = "RetryTask";
  /** Seconds until the next try, or its time; null for the task's `retry_delay`. */
  readonly after: number | Temporal.Instant | null;

  /**
   * Retries the task.
   *
   * @throws {TaskRuntimeError} `INVALID` when `after` is negative, or not a time
   */
  constructor(options: RetryTaskOptions = {}) {
    super("the task requested a retry", options.reason, causeOf(options));
    this.after = options.after === undefined ? null : afterOf(options.after);
  }
}

/**
 * Ends this run and runs the task again later, in the same try.
 *
 * @example
 * ```ts
 * import { RescheduleTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const opensAt = await ctx.variables.get("opens_at");
 *   const opening = Temporal.Instant.from(opensAt);
 *   const isEarly = Temporal.Instant.compare(Temporal.Now.instant(), opening) < 0;
 *   if (isEarly) throw new RescheduleTask(opening, "not open yet");
 * });
 * ```
 */
export class RescheduleTask extends TerminalState {
  /** `"RescheduleTask"`. */
  override readonly name: string = "RescheduleTask";
  /** The time of the next run. */
  readonly date: Temporal.Instant;

  /**
   * Runs the task again at `date`.
   *
   * @throws {TaskRuntimeError} `INVALID` when `date` is not a point in time
   */
  constructor(date: Timestamp, reason?: string, options?: ErrorOptions) {
    super("the task requested to run again later", reason, options);
    this.date = instantOf(date, "Cannot reschedule the task");
  }
}

/** The options of {@linkcode DeferTask}. */
export interface DeferTaskOptions extends ErrorOptions {
  /** The trigger to wait for. */
  trigger: Trigger;
  /** The name of the continuation that receives the event. */
  resume: string;
  /** The longest wait; after it the task fails or is retried. No limit by default. */
  timeout?: Duration;
  /** Values for the continuation, of the types that {@linkcode Trigger.kwargs} can have. */
  kwargs?: Readonly<Record<string, unknown>>;
  /** The queue of the triggerer, if triggerers have queues. */
  queue?: string;
}

/**
 * Ends the process and lets Airflow's triggerer wait. A continuation of the handler then resumes the
 * task in another process, in the same try. {@linkcode defer} is the shorter form.
 *
 * @example
 * ```ts
 * import { DeferTask, fileTrigger, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const wait = new TaskHandler("etl", "wait", () => {
 *   throw new DeferTask({
 *     trigger: fileTrigger({ filepath: "/data/in.csv" }),
 *     resume: "arrived",
 *     kwargs: { since: new Date() },
 *   });
 * }, {
 *   continuations: {
 *     arrived: (_event, ctx, { kwargs }) => ctx.log.info("arrived", { since: kwargs["since"] }),
 *   },
 * });
 * ```
 */
export class DeferTask extends TerminalState {
  /** `"DeferTask"`. */
  override readonly name: string = "DeferTask";
  /** The trigger to wait for. */
  readonly trigger: Trigger;
  /** The name of the continuation. */
  readonly resume: string;
  /** The longest wait in seconds; null without a limit. */
  readonly timeout: number | null;
  /** Values for the continuation. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The queue of the triggerer; null for the default one. */
  readonly queue: string | null;

  /**
   * Defers the task until `options.trigger` fires.
   *
   * @throws {TaskRuntimeError} `INVALID` when the timeout is negative, or `kwargs` has the key
   * `event`, which Airflow uses for the trigger's event
   */
  constructor(options: DeferTaskOptions) {
    super(`the task was deferred to ${options.trigger.classpath}`, undefined, causeOf(options));
    this.trigger = options.trigger;
    this.resume = options.resume;
    this.timeout = options.timeout === undefined
      ? null
      : secondsOf(options.timeout, "Cannot defer the task", "timeout");
    this.kwargs = kwargsOf(options.kwargs, "Cannot defer the task");
    this.queue = options.queue ?? null;
  }
}

/** Picks the cause out of the options of a terminal state. */
export function causeOf(options: ErrorOptions): ErrorOptions {
  return "cause" in options ? { cause: options.cause } : {};
}

/** Checks the values for a continuation: Airflow passes the event under the key `event`. */
export function kwargsOf(
  kwargs: Readonly<Record<string, unknown>> = {},
  problem: string,
): Readonly<Record<string, unknown>> {
  if (!Object.hasOwn(kwargs, "event")) return kwargs;
  throw new TaskRuntimeError("INVALID", `${problem}: "kwargs" must not have the key "event"`);
}

/**
 * Converts a time until the next try to seconds, or the time of the next try to an instant.
 *
 * @throws {TaskRuntimeError} `INVALID` when it is neither
 */
export function afterOf(after: Duration | Timestamp): number | Temporal.Instant {
  const problem = "Cannot retry the task";
  return after instanceof Date || after instanceof Temporal.Instant
    ? instantOf(after, problem)
    : secondsOf(after, problem, "after");
}
