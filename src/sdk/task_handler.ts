/**
 * Handlers bound to their tasks.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { AssetRef } from "./assets.ts";
import type { TaskContext } from "./context.ts";
import type {
  Continuation,
  Continuations,
  Handler,
  ResumedTask,
  RetryDecision,
  RetryPolicy,
  TaskArgs,
} from "./handler.ts";
import { isStandardSchema, type StandardSchema } from "./standard_schema.ts";
import { type Duration, secondsOf } from "./time.ts";

/** The options of a {@linkcode TaskHandler}. */
export interface TaskHandlerOptions<Args = TaskArgs> {
  /**
   * The schema of the arguments, from any library that implements Standard Schema (zod, valibot,
   * arktype …). The handler receives the schema's output. Arguments that do not match fail the task
   * for good before the handler runs.
   */
  args?: StandardSchema<unknown, Args>;
  /** Decides whether an error is worth a retry. How many retries there are is the Dag's to say. */
  retryPolicy?: RetryPolicy;
  /** The longest time that a run of the task may take, as {@linkcode TaskContext.setExecutionTimeout}. */
  executionTimeout?: Duration;
  /** Named continuations, which run after a deferral or a human response. */
  continuations?: Continuations<Args>;
  /**
   * The assets that the task updates, as the `outlets` of a Python task. The runtime checks that they
   * are active before the handler runs, and emits an event of each when the task succeeds.
   */
  outlets?: readonly AssetRef[];
}

/** The options of a {@linkcode TaskHandler} whose result has a schema. */
export interface CheckedResultOptions<Args = TaskArgs, Result = unknown>
  extends TaskHandlerOptions<Args> {
  /**
   * The schema of the result. The compiler holds the handler to the schema's input, and the schema's
   * output is pushed. A result that does not match fails the task for good.
   */
  result: StandardSchema<Result, unknown>;
}

/** The options of a {@linkcode TaskHandler} whose result has no schema. */
export type UncheckedResultOptions<Args = TaskArgs> = TaskHandlerOptions<Args> & {
  /** No schema. */
  result?: never;
};

/** The continuation name that Airflow uses to fail a task. */
const FAIL = "__fail__";

/**
 * Binds a {@linkcode Handler} to its task.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 * import { assertEquals } from "@std/assert";
 *
 * const extract = new TaskHandler("etl", "extract", (_args, ctx) => {
 *   ctx.log.info("extracting");
 *   return { rows: 42 };
 * });
 * assertEquals(extract.taskId, "extract");
 * ```
 *
 * @example A retry policy, which decides by the error
 * ```ts
 * import { TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
 *
 * const extract = new TaskHandler("etl", "extract", () => {}, {
 *   retryPolicy: (error) => {
 *     if (error instanceof TypeError) return "fail";
 *     if (error instanceof TaskRuntimeError && error.code === "TIMEOUT") {
 *       return { after: { minutes: 5 } };
 *     }
 *     return "retry";
 *   },
 * });
 * ```
 *
 * @example A schema of the arguments, written by hand; zod, valibot and arktype make them too
 * ```ts
 * import { type StandardSchema, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const args: StandardSchema<unknown, { rows: number }> = {
 *   "~standard": {
 *     version: 1,
 *     vendor: "by hand",
 *     validate: (value) => {
 *       const rows = Number(Reflect.get(Object(value), "rows"));
 *       return rows >= 0 ? { value: { rows } } : { issues: [{ message: "no count", path: ["rows"] }] };
 *     },
 *   },
 * };
 * const load = new TaskHandler("etl", "load", ({ rows }) => rows * 2, { args });
 * ```
 */
export class TaskHandler<Args = TaskArgs, Result = unknown> {
  /** The id of the Dag. */
  readonly dagId: string;
  /** The id of the task within its Dag, group prefixes included. */
  readonly taskId: string;
  /** The assets that the task updates. */
  readonly outlets: readonly AssetRef[];
  /** The longest time that a run of the task may take, in seconds; undefined without a limit. */
  readonly executionTimeout: number | undefined;
  /** The schema of its arguments; undefined without one. */
  readonly argsSchema: StandardSchema<unknown, Args> | undefined;
  /** The schema of its result; undefined without one. */
  readonly resultSchema: StandardSchema<Result, unknown> | undefined;
  readonly #handler: Handler<Args, Result>;
  readonly #continuations = new Map<string, Continuation<unknown, unknown, Args>>();
  readonly #retryPolicy: RetryPolicy | undefined;

  /**
   * Binds `handler` to the task `taskId` of the Dag `dagId`.
   *
   * @throws {TaskRuntimeError} `INVALID` when Airflow does not allow an id, or an option is not valid;
   * `CONFLICT` when two continuations have the same name
   */
  constructor(
    dagId: string,
    taskId: string,
    // With a schema of the result, it and not the handler says what the result is.
    handler: Handler<Args, NoInfer<Result>>,
    options: CheckedResultOptions<Args, Result>,
  );
  /** Binds `handler` to the task; its result has no schema. */
  constructor(
    dagId: string,
    taskId: string,
    handler: Handler<Args, Result>,
    options?: UncheckedResultOptions<Args>,
  );
  /** Binds `handler` to the task: both forms. */
  constructor(
    dagId: string,
    taskId: string,
    handler: Handler<Args, Result>,
    options: TaskHandlerOptions<Args> & { result?: StandardSchema<Result, unknown> } = {},
  ) {
    checkId("Dag", dagId);
    checkId("task", taskId);
    this.dagId = dagId;
    this.taskId = taskId;
    this.outlets = [...options.outlets ?? []];
    this.#checkFunction("the third argument", handler);
    if (options.retryPolicy !== undefined) {
      this.#checkFunction('option "retryPolicy"', options.retryPolicy);
    }
    this.executionTimeout = options.executionTimeout === undefined
      ? undefined
      : this.#limit(options.executionTimeout);
    this.argsSchema = this.#checkSchema("args", options.args);
    this.resultSchema = this.#checkSchema("result", options.result);
    this.#handler = handler;
    this.#retryPolicy = options.retryPolicy;
    if (isResumable<Args>(handler)) this.#addContinuations(handler.continuations);
    this.#addContinuations(options.continuations ?? {});
  }

  /** The names of the continuations, in the order in which they were added. */
  get continuationNames(): string[] {
    return [...this.#continuations.keys()];
  }

  /** Runs the handler; the runtime calls this, and so may a test. */
  run(args: Args, ctx: TaskContext): Result | Promise<Result> {
    // Not called as a method of this class, whose name a stack would show before the author's function.
    const handler = this.#handler;
    return handler(args, ctx);
  }

  /**
   * Runs the continuation `name`; the runtime calls this, and so may a test.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when the handler has no continuation of this name
   */
  resume(name: string, event: unknown, ctx: TaskContext, resumed: ResumedTask<Args>): unknown {
    const continuation = this.#continuations.get(name);
    if (continuation !== undefined) return continuation(event, ctx, resumed);
    const has = this.continuationNames.map((known) => `"${known}"`).join(", ") || "none";
    throw new TaskRuntimeError(
      "NOT_FOUND",
      `Cannot resume task "${this.dagId}.${this.taskId}": continuation "${name}" does not exist; ` +
        `the handler's continuations: ${has}`,
    );
  }

  /** Returns what the retry policy decides about `error`; undefined without a policy or decision. */
  async decideRetry(error: unknown, ctx: TaskContext): Promise<RetryDecision | undefined> {
    return await this.#retryPolicy?.(error, ctx);
  }

  #addContinuations(continuations: Continuations<Args>): void {
    for (const [name, continuation] of Object.entries(continuations)) {
      this.#checkFunction(`continuation "${name}"`, continuation);
      if (name === "" || name === FAIL) {
        throw this.#error("INVALID", `a continuation cannot have the name "${name}"`);
      }
      if (this.#continuations.has(name)) {
        throw this.#error("CONFLICT", `two continuations have the name "${name}"`);
      }
      this.#continuations.set(name, continuation);
    }
  }

  #limit(executionTimeout: Duration): number {
    const task = `${this.dagId}.${this.taskId}`;
    const seconds = secondsOf(
      executionTimeout,
      `Cannot make the handler of task "${task}"`,
      "executionTimeout",
    );
    if (seconds > 0) return seconds;
    throw this.#error("INVALID", '"executionTimeout" must be above 0');
  }

  #checkFunction(what: string, value: unknown): void {
    if (typeof value === "function") return;
    throw this.#error("INVALID", `${what} must be a function, got ${typeof value}`);
  }

  #checkSchema<Schema>(name: string, schema: Schema): Schema {
    if (schema === undefined || isStandardSchema(schema)) return schema;
    throw this.#error(
      "INVALID",
      `option "${name}" must implement Standard Schema (https://standardschema.dev)`,
    );
  }

  #error(code: "INVALID" | "CONFLICT", reason: string): TaskRuntimeError {
    const task = `${this.dagId}.${this.taskId}`;
    return new TaskRuntimeError(code, `Cannot make the handler of task "${task}": ${reason}`);
  }
}

/** Makes the {@linkcode TaskHandler}s of one Dag, as {@linkcode handlersFor} returns it. */
export interface TaskHandlerFactory {
  /** Binds `handler` to a task of the Dag; its result has a schema. */
  <Args = TaskArgs, Result = unknown>(
    taskId: string,
    handler: Handler<Args, NoInfer<Result>>,
    options: CheckedResultOptions<Args, Result>,
  ): TaskHandler<Args, Result>;
  /** Binds `handler` to a task of the Dag. */
  <Args = TaskArgs, Result = unknown>(
    taskId: string,
    handler: Handler<Args, Result>,
    options?: UncheckedResultOptions<Args>,
  ): TaskHandler<Args, Result>;
}

/**
 * Returns a function that makes the {@linkcode TaskHandler}s of the Dag `dagId`.
 *
 * @example
 * ```ts
 * import { Bundle, handlersFor } from "@airflow-deno/task-runtime";
 *
 * const task = handlersFor("etl");
 * const extract = task("extract", () => ({ rows: 42 }));
 * const load = task("load", async (_args, ctx) => {
 *   const extracted = await ctx.xcoms.pull<{ rows: number }>("extract");
 *   ctx.log.info("loading", { rows: extracted?.rows });
 * });
 * const bundle = new Bundle().register(extract, load);
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when Airflow does not allow the id
 */
export function handlersFor(dagId: string): TaskHandlerFactory {
  checkId("Dag", dagId);
  return <Args, Result>(
    taskId: string,
    handler: Handler<Args, Result>,
    { result, ...options }: TaskHandlerOptions<Args> & {
      result?: StandardSchema<Result, unknown>;
    } = {},
  ): TaskHandler<Args, Result> =>
    result === undefined
      ? new TaskHandler(dagId, taskId, handler, options)
      : new TaskHandler(dagId, taskId, handler, { ...options, result });
}

function isResumable<Args>(
  handler: object,
): handler is { readonly continuations: Continuations<Args> } {
  const continuations: unknown = Reflect.get(handler, "continuations");
  return typeof continuations === "object" && continuations !== null;
}

/**
 * Tells whether Airflow allows an id: letters, digits, `_`, `-` and `.`, at most 250 characters.
 *
 * Most ids are ASCII. The expression for other scripts has a function of its own, since V8 takes
 * 0.4 ms only to parse it.
 */
function isId(id: unknown): boolean {
  return typeof id === "string" && (/^[\w.-]{1,250}$/.test(id) || isIdOfAnyScript(id));
}

function isIdOfAnyScript(id: string): boolean {
  return /^[\p{L}\p{N}_.-]{1,250}$/u.test(id);
}

function checkId(what: "Dag" | "task", id: string): void {
  if (isId(id)) return;
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot use "${id}" as a ${what} id: Airflow allows 1 to 250 letters, digits, "_", "-" and "."`,
  );
}
