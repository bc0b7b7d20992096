/**
 * Questions to people (human in the loop), and their answers.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { JsonObject, JsonValue } from "../protocol/value.ts";
import type { TaskContext } from "./context.ts";
import type { Continuation, ResumableHandler, TaskArgs } from "./handler.ts";
import { causeOf, FailTask, kwargsOf, SkipTask, TerminalState } from "./terminal_state.ts";
import { type Duration, secondsOf } from "./time.ts";
import { fieldsIn } from "../values.ts";

/** The name under which Airflow keeps the continuation. */
const RESUME = "answered";

/** An input field of the form, next to the options. */
export interface QuestionParam {
  /** The initial value; null by default. */
  readonly value?: JsonValue;
  /** The text next to the field. */
  readonly description?: string;
  /** The JSON Schema of the value. */
  readonly schema?: JsonObject;
}

/** A user who may answer. */
export interface QuestionUser {
  /** The id of the user in Airflow's auth manager. */
  readonly id: string;
  /** The name to show. */
  readonly name: string;
}

/** A question; people answer it in Airflow's UI or over its REST API. */
export interface Question<Option extends string = string> {
  /** The question in one line. */
  readonly subject: string;
  /** The details of the question, in Markdown. */
  readonly body?: string;
  /** The options to choose from. */
  readonly options: readonly Option[];
  /** The options to take when the timeout passes without an answer; without them the task fails. */
  readonly defaults?: readonly NoInfer<Option>[];
  /** Allows more than one option; false by default. */
  readonly multiple?: boolean;
  /** Input fields of the form, by name. */
  readonly params?: Readonly<Record<string, QuestionParam>>;
  /** The users who may answer; by default every user who can see the Dag. */
  readonly assignedUsers?: readonly QuestionUser[];
  /** The longest wait for an answer; no limit by default. */
  readonly timeout?: Duration;
}

/** The answer to a question. */
export interface Answer<Option extends string = string> {
  /** The chosen option; the first of several. */
  readonly option: Option;
  /** All chosen options. */
  readonly options: readonly Option[];
  /** The values of the input fields, by name. */
  readonly params: Readonly<Record<string, unknown>>;
  /** The time of the answer. */
  readonly respondedAt: Temporal.Instant | null;
  /** The user who answered; null when the defaults were taken. */
  readonly respondedBy: QuestionUser | null;
  /** True when the timeout passed without an answer, so that the defaults were taken. */
  readonly timedOut: boolean;
}

/** The options of {@linkcode AwaitInput}. */
export interface AwaitInputOptions<Option extends string = string>
  extends Question<Option>, ErrorOptions {
  /** The name of the continuation that receives the answer; make it with {@linkcode answered}. */
  readonly resume: string;
  /** Values for the continuation, of the types that {@linkcode Trigger.kwargs} can have. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/**
 * Ends the process and asks a question. A continuation of the handler then resumes the task with the
 * answer in another process, in the same try. {@linkcode ask} is the shorter form.
 *
 * @example
 * ```ts
 * import { answered, AwaitInput, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const review = new TaskHandler("shop", "review", async (_args, ctx) => {
 *   const amount = await ctx.xcoms.pull<number>("sum", { default: 0 });
 *   if (amount < 100) return "refund";
 *   throw new AwaitInput({
 *     subject: `Refund ${amount}?`,
 *     options: ["refund", "keep"],
 *     resume: "decided",
 *   });
 * }, {
 *   continuations: { decided: answered((answer) => answer.option) },
 * });
 * ```
 */
export class AwaitInput extends TerminalState {
  /** `"AwaitInput"`. */
  override readonly name: string = "AwaitInput";
  /** The question. */
  readonly question: Question;
  /** The longest wait for an answer in seconds; null without a limit. */
  readonly timeout: number | null;
  /** The name of the continuation. */
  readonly resume: string;
  /** Values for the continuation. */
  readonly kwargs: Readonly<Record<string, unknown>>;

  /**
   * Asks the question `options`.
   *
   * @throws {TaskRuntimeError} `INVALID` when the options are empty or not unique, a default is not
   * one of them, there are several defaults without `multiple`, the timeout is negative, a param has
   * the name `_options`, or a kwarg the name `event`
   */
  constructor(options: AwaitInputOptions) {
    super(`the task asked: ${options.subject}`, undefined, causeOf(options));
    const { resume, kwargs, cause: _cause, ...question } = options;
    const problem = `Cannot ask "${options.subject}"`;
    checkQuestion(question, problem);
    this.question = question;
    this.timeout = question.timeout === undefined
      ? null
      : secondsOf(question.timeout, problem, "timeout");
    this.resume = resume;
    this.kwargs = kwargsOf(kwargs, problem);
  }
}

function checkQuestion(question: Question, problem: string): void {
  const { options, defaults, multiple = false, params = {} } = question;
  const fail = (reason: string): never => {
    throw new TaskRuntimeError("INVALID", `${problem}: ${reason}`);
  };
  if (options.length === 0) fail('"options" must not be empty');
  if (new Set(options).size < options.length) fail('"options" must be unique');
  const unknown = defaults?.find((option) => !options.includes(option));
  if (unknown !== undefined) fail(`the default "${unknown}" is not one of the options`);
  if (!multiple && defaults !== undefined && defaults.length > 1) {
    fail('several defaults need "multiple"');
  }
  if (Object.hasOwn(params, "_options")) fail('a param cannot have the name "_options"');
}

/**
 * Makes a continuation that calls `resume` with the answer.
 *
 * When the timeout passes without an answer and the question has no defaults, the continuation throws
 * a {@linkcode TaskRuntimeError} of code `TIMEOUT`: the task fails, or asks again in its next try.
 *
 * @example
 * ```ts
 * import { answered, AwaitInput, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const rows = await ctx.xcoms.pull<number>("extract");
 *   if (rows !== 0) return rows;
 *   throw new AwaitInput({ subject: "Nothing to load", options: ["continue", "stop"], resume: "on" });
 * }, {
 *   continuations: { on: answered((answer) => answer.option === "continue" ? 0 : null) },
 * });
 * ```
 */
export function answered<Option extends string = string, Result = unknown, Args = TaskArgs>(
  resume: Continuation<Answer<Option>, Result, Args>,
): Continuation<unknown, Result, Args> {
  return (event, ctx, resumed) => resume(answerOf<Option>(event), ctx, resumed);
}

function answerOf<Option extends string>(event: unknown): Answer<Option> {
  const {
    error,
    error_type,
    chosen_options: options,
    params_input: params,
    responded_at,
    responded_by_user: user,
    timedout,
  } = fieldsIn(event);
  if (error !== undefined) {
    throw new TaskRuntimeError(
      error_type === "timeout" ? "TIMEOUT" : "API",
      `Cannot resume the task: its question has no answer: ${String(error)}`,
      { detail: event },
    );
  }
  if (!isOptions<Option>(options)) {
    throw new TaskRuntimeError(
      "MALFORMED",
      "Cannot read the answer: it has no chosen options. Use answered() for continuations of " +
        "AwaitInput only",
      { detail: event },
    );
  }
  const { id, name } = fieldsIn(user);
  return {
    option: options[0],
    options,
    params: fieldsIn(params),
    respondedAt: instantFrom(responded_at),
    respondedBy: typeof id === "string" ? { id, name: String(name ?? id) } : null,
    timedOut: timedout === true,
  };
}

/** Airflow's API checks that they are options of the question. */
function isOptions<Option extends string>(value: unknown): value is [Option, ...Option[]] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((option) => typeof option === "string");
}

function instantFrom(value: unknown): Temporal.Instant | null {
  if (value instanceof Temporal.Instant) return value;
  if (value instanceof Temporal.ZonedDateTime) return value.toInstant();
  if (value instanceof Date) return Temporal.Instant.fromEpochMilliseconds(value.getTime());
  return typeof value === "string" ? Temporal.Instant.from(value) : null;
}

/** A question, or a function that makes one from arguments and context when the task starts. */
export type QuestionSource<Asked, Args = TaskArgs> =
  | Asked
  | ((args: Args, ctx: TaskContext) => Asked | Promise<Asked>);

/**
 * Makes the handler of a task that asks a question, and resumes with the answer.
 *
 * The task occupies no worker while it waits. `resume` runs in another process than the function
 * that makes the question; it receives the task's arguments again.
 *
 * @example
 * ```ts
 * import { ask, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const review = new TaskHandler("shop", "review", ask({
 *   subject: "What about this order?",
 *   options: ["refund", "replace", "nothing"],
 *   params: { note: { description: "For the customer", schema: { type: "string" } } },
 *   defaults: ["nothing"],
 *   timeout: { days: 1 },
 * }, (answer, ctx) => {
 *   ctx.log.info("decided", { by: answer.respondedBy?.name });
 *   if (answer.option === "refund") return { refund: true, note: answer.params["note"] };
 * }));
 * ```
 */
export function ask<const Option extends string, Result, Args = TaskArgs>(
  question: QuestionSource<Question<Option>, Args>,
  resume: Continuation<Answer<NoInfer<Option>>, Result, NoInfer<Args>>,
): ResumableHandler<Args, Result> {
  const start = async (args: Args, ctx: TaskContext): Promise<never> => {
    const asked = typeof question === "function" ? await question(args, ctx) : question;
    throw new AwaitInput({ ...asked, resume: RESUME });
  };
  return Object.assign(start, { continuations: { [RESUME]: answered(resume) } });
}

/** The options of {@linkcode approve}: those of Airflow's ApprovalOperator. */
export type ApprovalOption = "Approve" | "Reject";

/** The question of {@linkcode approve}. */
export type ApprovalQuestion = Omit<Question<ApprovalOption>, "options" | "multiple">;

/** The options of {@linkcode approve}. */
export interface ApproveOptions {
  /** Fails the task on a rejection; by default the task and its downstream tasks are skipped. */
  readonly failOnReject?: boolean;
}

/** The result of an approved task, the same as that of Airflow's ApprovalOperator. */
export interface Approval {
  /** `["Approve"]`. */
  readonly chosen_options: readonly ApprovalOption[];
  /** The values of the input fields, by name. */
  readonly params_input: Readonly<Record<string, unknown>>;
  /** The time of the approval, in ISO 8601. */
  readonly responded_at: string | null;
  /** The user who approved; null when the default was taken. */
  readonly responded_by_user: { readonly id: string; readonly name: string } | null;
}

/**
 * Makes the handler of a task that succeeds only when a user approves.
 *
 * @example
 * ```ts
 * import { approve, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const release = new TaskHandler("shop", "release", approve({ subject: "Ship it?" }));
 * ```
 */
export function approve<Args = TaskArgs>(
  question: QuestionSource<ApprovalQuestion, Args>,
  { failOnReject = false }: ApproveOptions = {},
): ResumableHandler<Args, Approval> {
  const source = async (
    args: Args,
    ctx: TaskContext,
  ): Promise<Question<ApprovalOption>> => ({
    ...(typeof question === "function" ? await question(args, ctx) : question),
    options: ["Approve", "Reject"],
  });
  return ask(source, (answer): Approval => {
    if (answer.option === "Approve") return approvalOf(answer);
    const reason = answer.respondedBy === null
      ? "rejected: no answer in time"
      : `rejected by ${answer.respondedBy.name}`;
    throw failOnReject ? new FailTask(reason) : new SkipTask(reason);
  });
}

function approvalOf(answer: Answer<ApprovalOption>): Approval {
  return {
    chosen_options: answer.options,
    params_input: answer.params,
    responded_at: answer.respondedAt?.toString() ?? null,
    responded_by_user: answer.respondedBy,
  };
}
