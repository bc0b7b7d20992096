/**
 * The ways in which a task ends itself otherwise than by returning: each is thrown.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import { instantOf, type Moment, secondsOf } from "./moment.ts";
import type { Trigger } from "./trigger.ts";

/**
 * A state that the task puts itself in by throwing.
 *
 * It counts when it leaves the handler itself; as the cause of another error it does not.
 *
 * @example Let an ending pass where other errors are caught
 * ```ts
 * import { SkipTask, TaskEnding } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * try {
 *   throw new SkipTask("nothing to load");
 * } catch (error) {
 *   if (!(error instanceof TaskEnding)) throw error;
 *   assertEquals(error.reason, "nothing to load");
 * }
 * ```
 */
export abstract class TaskEnding extends Error {
  /** The name of the class. */
  override readonly name: string = "TaskEnding";
  /** Why, in the author's words; null when nothing was said. */
  readonly reason: string | null;

  /** Takes the author's reason, or says what happens in its place. */
  protected constructor(what: string, reason?: string, options?: ErrorOptions) {
    super(reason ?? what, options);
    // Untyped code may give anything.
    this.reason = reason === undefined || reason === null ? null : String(reason);
  }
}

/**
 * Ends the task as skipped; tasks behind it are skipped too, as their trigger rules have it.
 *
 * @example
 * ```ts
 * import { SkipTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const rows = await ctx.xcoms.get<number>("extract");
 *   if (rows === 0) throw new SkipTask("nothing to load");
 * });
 * ```
 */
export class SkipTask extends TaskEnding {
  /** `"SkipTask"`. */
  override readonly name: string = "SkipTask";

  /** Skips the task; the reason goes to the log. */
  constructor(reason?: string, options?: ErrorOptions) {
    super("the task skips itself", reason, options);
  }
}

/**
 * Ends the task as failed for good: no retry, however many are left.
 *
 * @example
 * ```ts
 * import { FailTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const table = await ctx.variables.get("table", { default: "" });
 *   if (table === "") throw new FailTask("no table is named");
 * });
 * ```
 */
export class FailTask extends TaskEnding {
  /** `"FailTask"`. */
  override readonly name: string = "FailTask";

  /** Fails the task; the reason goes to the log. */
  constructor(reason?: string, options?: ErrorOptions) {
    super("the task fails itself", reason, options);
  }
}

/** How to retry. */
export interface RetryTaskOptions extends ErrorOptions {
  /** Seconds until the next try, or its moment; the task's own `retry_delay` by default. */
  after?: number | Moment;
  /** Why, for the log and for Airflow's UI. */
  reason?: string;
}

/**
 * Ends this try and asks for the next one; the task fails when it has none left.
 *
 * @example
 * ```ts
 * import { RetryTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async () => {
 *   const response = await fetch("https://warehouse.example/rows");
 *   if (response.status === 429) throw new RetryTask({ after: 300, reason: "too many requests" });
 * });
 * ```
 */
export class RetryTask extends TaskEnding {
  /** `"RetryTask"`. */
  override readonly name: string = "RetryTask";
  /** Seconds until the next try, or its moment; null for the task's own `retry_delay`. */
  readonly after: number | Temporal.Instant | null;

  /**
   * Asks for the next try.
   *
   * @throws {TaskRuntimeError} `INVALID` when `after` is negative or no point in time
   */
  constructor(options: RetryTaskOptions = {}) {
    super("the task asks for its next try", options.reason, causeOf(options));
    this.after = options.after === undefined ? null : afterOf(options.after);
  }
}

/**
 * Ends this run of the try and asks for another one, later, of the same try.
 *
 * @example
 * ```ts
 * import { RescheduleTask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const opensAt = await ctx.variables.get("opens_at");
 *   const moment = Temporal.Instant.from(opensAt);
 *   if (Temporal.Instant.compare(Temporal.Now.instant(), moment) < 0) throw new RescheduleTask(moment);
 * });
 * ```
 */
export class RescheduleTask extends TaskEnding {
  /** `"RescheduleTask"`. */
  override readonly name: string = "RescheduleTask";
  /** When to run again. */
  readonly date: Temporal.Instant;

  /**
   * Asks to run again at `date`.
   *
   * @throws {TaskRuntimeError} `INVALID` when it is no point in time
   */
  constructor(date: Moment, reason?: string, options?: ErrorOptions) {
    super("the task asks to run again later", reason, options);
    this.date = instantOf(date, "Cannot reschedule the task");
  }
}

/** How a task waits, and how it goes on. */
export interface DeferTaskOptions extends ErrorOptions {
  /** What to wait for. */
  trigger: Trigger;
  /** The name of the handler's continuation that goes on with the event. */
  resume: string;
  /** Seconds to wait at most; the task then fails, or is retried. Without end by default. */
  timeout?: number;
  /** Values for the continuation, as {@linkcode Trigger.kwargs}. */
  kwargs?: Readonly<Record<string, unknown>>;
  /** The triggerer's queue, where triggerers have some. */
  queue?: string;
}

/**
 * Ends the process and lets Airflow's triggerer wait; a continuation of the handler then goes on in
 * another process, in the same try.
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
 *     arrived: (_event, ctx, kwargs) => ctx.log.info("arrived", { since: kwargs["since"] }),
 *   },
 * });
 * ```
 */
export class DeferTask extends TaskEnding {
  /** `"DeferTask"`. */
  override readonly name: string = "DeferTask";
  /** What to wait for. */
  readonly trigger: Trigger;
  /** The name of the continuation. */
  readonly resume: string;
  /** Seconds to wait at most; null for no end. */
  readonly timeout: number | null;
  /** Values for the continuation. */
  readonly kwargs: Readonly<Record<string, unknown>>;
  /** The triggerer's queue; null for the usual one. */
  readonly queue: string | null;

  /**
   * Waits for `options.trigger`.
   *
   * @throws {TaskRuntimeError} `INVALID` when the timeout is negative, or `kwargs` has the key
   * `event`, which is the trigger's
   */
  constructor(options: DeferTaskOptions) {
    super(`the task waits for ${options.trigger.classpath}`, undefined, causeOf(options));
    this.trigger = options.trigger;
    this.resume = options.resume;
    this.timeout = options.timeout === undefined
      ? null
      : secondsOf(options.timeout, "Cannot defer the task");
    this.kwargs = kwargsOf(options.kwargs, "Cannot defer the task");
    this.queue = options.queue ?? null;
  }
}

/** Only the cause: the options of an ending are more than those of an Error. */
export function causeOf(options: ErrorOptions): ErrorOptions {
  return "cause" in options ? { cause: options.cause } : {};
}

/** Values for a continuation, checked: `event` is what it resumes with. */
export function kwargsOf(
  kwargs: Readonly<Record<string, unknown>> = {},
  problem: string,
): Readonly<Record<string, unknown>> {
  if (!Object.hasOwn(kwargs, "event")) return kwargs;
  throw new TaskRuntimeError("INVALID", `${problem}: its kwargs must not have the key "event"`);
}

/** A delay or a moment, checked. */
export function afterOf(after: number | Moment): number | Temporal.Instant {
  const problem = "Cannot retry the task";
  return typeof after === "number" ? secondsOf(after, problem) : instantOf(after, problem);
}
