/**
 * The code of one task.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { TaskContext } from "./context.ts";
import type { Continuation, Continuations } from "./continuation.ts";
import type { OutletAsset } from "./outlets.ts";
import type { RetryDecision, RetryPolicy } from "./retry_policy.ts";
import { isStandardSchema, type StandardSchema } from "./standard_schema.ts";

/** The arguments that Airflow hands to a task, by name. */
export type TaskArgs = Readonly<Record<string, unknown>>;

/**
 * What an author writes: the work of one task.
 *
 * What it returns becomes the XCom `return_value` (`undefined` and `null` push nothing); what it
 * throws fails the task, or sends it to its next try while it has one, unless it is one of the
 * {@linkcode TaskEnding}s.
 */
export type Handler<Args = TaskArgs, Result = unknown> = {
  // As a method's, so that handlers with arguments of different types fit into one registry.
  handle(args: Args, ctx: TaskContext): Result | Promise<Result>;
}["handle"];

/** How a task is run, beside its handler. */
export interface TaskHandlerOptions<Args = TaskArgs> {
  /**
   * The schema of the arguments, of any library that follows Standard Schema (zod, valibot, arktype
   * …). The handler gets what the schema makes of them; arguments that do not fit fail the task
   * before its work, and for good.
   */
  args?: StandardSchema<unknown, Args>;
  /** Decides, by the error, whether another try is worth it. */
  retries?: RetryPolicy;
  /** Where the task goes on that deferred itself or asked somebody, by name. */
  continuations?: Continuations;
  /**
   * Assets that the task updates: Airflow is told of each when it succeeds, as of the `outlets` of a
   * Python task, and before the work it is asked whether all inlets and outlets are active.
   */
  outlets?: readonly OutletAsset[];
}

/** How a task is run whose result has a schema. */
export interface CheckedResultOptions<Args = TaskArgs, Result = unknown>
  extends TaskHandlerOptions<Args> {
  /**
   * The schema of the result: the compiler holds the handler to what it takes, and what it gives is
   * pushed. A result that does not fit fails the task for good, since a retry would repeat it.
   */
  result: StandardSchema<Result, unknown>;
}

/** The name that Airflow itself resumes a task with, to have it fail. */
const FAIL = "__fail__";

/**
 * Binds a {@linkcode Handler} to the task it runs for.
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
 * @example A retry policy: code that looks at the error decides
 * ```ts
 * import { TaskHandler, TaskRuntimeError } from "@airflow-deno/task-runtime";
 *
 * const extract = new TaskHandler("etl", "extract", () => {}, {
 *   retries: (error) => {
 *     if (error instanceof TypeError) return "fail";
 *     if (error instanceof TaskRuntimeError && error.code === "TIMEOUT") return { after: 300 };
 *     return "retry";
 *   },
 * });
 * ```
 *
 * @example A schema of the arguments, here one written by hand; zod, valibot and arktype make them
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
  /** The id of the Dag whose task this is. */
  readonly dagId: string;
  /** The id of the task within its Dag, group prefixes included. */
  readonly taskId: string;
  /** The assets that the task updates. */
  readonly outlets: readonly OutletAsset[];
  /** The schema of its arguments; undefined when there is none. */
  readonly argsSchema: StandardSchema<unknown, Args> | undefined;
  /** The schema of its result; undefined when there is none. */
  readonly resultSchema: StandardSchema<Result, unknown> | undefined;
  readonly #handler: Handler<Args, Result>;
  readonly #continuations = new Map<string, Continuation>();
  readonly #retries: RetryPolicy | undefined;

  /**
   * Binds `handler` to the task `taskId` of the Dag `dagId`.
   *
   * @throws {TaskRuntimeError} `INVALID` when an id is not one that Airflow allows, a part is no
   * function, or a schema none of the standard; `CONFLICT` when a continuation is there twice
   */
  constructor(
    dagId: string,
    taskId: string,
    // With a schema of the result, it and not the handler says what the result is.
    handler: Handler<Args, NoInfer<Result>>,
    options: CheckedResultOptions<Args, Result>,
  );
  /** Binds `handler` to the task, its result without a schema. */
  constructor(
    dagId: string,
    taskId: string,
    handler: Handler<Args, Result>,
    options?: TaskHandlerOptions<Args> & {
      /** None. */
      result?: never;
    },
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
    if (options.retries !== undefined) this.#checkFunction('"retries"', options.retries);
    this.argsSchema = this.#checkSchema("args", options.args);
    this.resultSchema = this.#checkSchema("result", options.result);
    this.#handler = handler;
    this.#retries = options.retries;
    if (isResumable(handler)) this.#addContinuations(handler.continuations);
    this.#addContinuations(options.continuations ?? {});
  }

  /** The names of the continuations, in the order in which they came. */
  get continuationNames(): string[] {
    return [...this.#continuations.keys()];
  }

  /** Runs the handler; the runtime calls this, and so may a test. */
  run(args: Args, ctx: TaskContext): Result | Promise<Result> {
    // Not as a method of ours: a stack would name our class before the author's function.
    const handler = this.#handler;
    return handler(args, ctx);
  }

  /**
   * Runs the continuation `name`; the runtime calls this, and so may a test.
   *
   * @throws {TaskRuntimeError} `NOT_FOUND` when the handler has none of this name
   */
  resume(name: string, event: unknown, ctx: TaskContext, kwargs: TaskArgs = {}): unknown {
    const continuation = this.#continuations.get(name);
    if (continuation !== undefined) return continuation(event, ctx, kwargs);
    const has = this.continuationNames.map((known) => `"${known}"`).join(", ") || "none";
    throw new TaskRuntimeError(
      "NOT_FOUND",
      `Cannot resume task "${this.dagId}.${this.taskId}" in "${name}": its continuations are ${has}`,
    );
  }

  /** What the retry policy says about `error`; undefined without one, or when it does not mind. */
  async decideRetry(error: unknown, ctx: TaskContext): Promise<RetryDecision | undefined> {
    return await this.#retries?.(error, ctx);
  }

  #addContinuations(continuations: Continuations): void {
    for (const [name, continuation] of Object.entries(continuations)) {
      this.#checkFunction(`continuation "${name}"`, continuation);
      if (name === "" || name === FAIL) {
        throw this.#error("INVALID", `"${name}" is no name for a continuation`);
      }
      if (this.#continuations.has(name)) {
        throw this.#error("CONFLICT", `continuation "${name}" is there twice`);
      }
      this.#continuations.set(name, continuation);
    }
  }

  #checkFunction(what: string, value: unknown): void {
    if (typeof value !== "function") throw this.#error("INVALID", `${what} is no function`);
  }

  #checkSchema<Schema>(name: string, schema: Schema): Schema {
    if (schema === undefined || isStandardSchema(schema)) return schema;
    throw this.#error(
      "INVALID",
      `"${name}" is no schema that follows Standard Schema (https://standardschema.dev)`,
    );
  }

  #error(code: "INVALID" | "CONFLICT", reason: string): TaskRuntimeError {
    const task = `${this.dagId}.${this.taskId}`;
    return new TaskRuntimeError(code, `Cannot make the handler of task "${task}": ${reason}`);
  }
}

function isResumable(handler: object): handler is { readonly continuations: Continuations } {
  const continuations: unknown = Reflect.get(handler, "continuations");
  return typeof continuations === "object" && continuations !== null;
}

/**
 * Airflow's rule for Dag and task ids: letters, digits, `_`, `-`, `.`, 250 characters at most.
 *
 * Of whatever script, but ASCII is asked about first, and the other expression stands in a function
 * of its own: to read it takes 0.4 ms, to compile it more.
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
