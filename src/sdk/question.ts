/**
 * Questions to people, and their answers.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";
import type { JsonObject, JsonValue } from "../protocol/value.ts";
import type { Continuation } from "./continuation.ts";
import { causeOf, kwargsOf, TaskEnding } from "./ending.ts";
import { secondsOf } from "./moment.ts";
import { fieldsIn } from "../values.ts";

/** An input field of the form, beside the options. */
export interface QuestionParam {
  /** What it holds at first; null by default. */
  readonly value?: JsonValue;
  /** Text beside it. */
  readonly description?: string;
  /** The JSON Schema of what may be entered. */
  readonly schema?: JsonObject;
}

/** Somebody who may answer. */
export interface QuestionUser {
  /** The id that Airflow's auth manager knows. */
  readonly id: string;
  /** The name to show. */
  readonly name: string;
}

/** What to ask; people answer in Airflow's UI, or over its REST API. */
export interface Question<Option extends string = string> {
  /** The question in one line. */
  readonly subject: string;
  /** What one must know to answer, in Markdown. */
  readonly body?: string;
  /** The options to choose from. */
  readonly options: readonly Option[];
  /** Chosen when nobody has answered at the end of the timeout; without them the task fails then. */
  readonly defaults?: readonly NoInfer<Option>[];
  /** Whether more than one option may be chosen; false by default. */
  readonly multiple?: boolean;
  /** Input fields of the form, by name. */
  readonly params?: Readonly<Record<string, QuestionParam>>;
  /** Who may answer; everybody who may see the Dag by default. */
  readonly assignedUsers?: readonly QuestionUser[];
  /** Seconds to wait for an answer; without end by default. */
  readonly timeout?: number;
}

/** What somebody answered. */
export interface Answer<Option extends string = string> {
  /** The option chosen; of several, the first. */
  readonly option: Option;
  /** All options chosen. */
  readonly options: readonly Option[];
  /** What was entered into the input fields, by name. */
  readonly params: Readonly<Record<string, unknown>>;
  /** When it was answered. */
  readonly respondedAt: Temporal.Instant | null;
  /** Who answered; null when the defaults were taken. */
  readonly respondedBy: QuestionUser | null;
  /** Whether the defaults were taken, as nobody answered in time. */
  readonly timedOut: boolean;
}

/** How a task asks, and how it goes on. */
export interface AwaitInputOptions<Option extends string = string>
  extends Question<Option>, ErrorOptions {
  /** The name of the handler's continuation that goes on with the answer, see `answered()`. */
  readonly resume: string;
  /** Values for the continuation, as {@linkcode Trigger.kwargs}. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/**
 * Ends the process and lets somebody be asked; a continuation of the handler then goes on with the
 * answer in another process, in the same try. `ask()` is the shorter way.
 *
 * @example
 * ```ts
 * import { answered, AwaitInput, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const review = new TaskHandler("shop", "review", async (_args, ctx) => {
 *   const amount = await ctx.xcoms.get<number, number>("sum", { default: 0 });
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
export class AwaitInput extends TaskEnding {
  /** `"AwaitInput"`. */
  override readonly name: string = "AwaitInput";
  /** What to ask. */
  readonly question: Question;
  /** The name of the continuation. */
  readonly resume: string;
  /** Values for the continuation. */
  readonly kwargs: Readonly<Record<string, unknown>>;

  /**
   * Asks.
   *
   * @throws {TaskRuntimeError} `INVALID` when there is no option, or one is there twice; a default
   * is no option, or there is more than one without `multiple`; the timeout is negative; a param is
   * called `_options`, or a kwarg `event`
   */
  constructor(options: AwaitInputOptions) {
    super(`the task asks: ${options.subject}`, undefined, causeOf(options));
    const { resume, kwargs, cause: _cause, ...question } = options;
    const problem = `Cannot ask "${options.subject}"`;
    checkQuestion(question, problem);
    this.question = question;
    this.resume = resume;
    this.kwargs = kwargsOf(kwargs, problem);
  }
}

function checkQuestion(question: Question, problem: string): void {
  const { options, defaults, multiple = false, params = {}, timeout } = question;
  const fail = (reason: string): never => {
    throw new TaskRuntimeError("INVALID", `${problem}: ${reason}`);
  };
  if (options.length === 0) fail("there is no option");
  if (new Set(options).size < options.length) fail("an option is there twice");
  const stranger = defaults?.find((option) => !options.includes(option));
  if (stranger !== undefined) fail(`the default "${stranger}" is none of the options`);
  if (!multiple && defaults !== undefined && defaults.length > 1) {
    fail('there is more than one default, and "multiple" is false');
  }
  if (Object.hasOwn(params, "_options")) fail('no param can be called "_options"');
  if (timeout !== undefined) secondsOf(timeout, problem);
}

/**
 * Makes a continuation that goes on with an answer out of `resume`.
 *
 * When nobody answered in time and the question had no defaults, it throws a
 * {@linkcode TaskRuntimeError} of code `TIMEOUT`: the task fails, or asks anew in its next try.
 *
 * @example
 * ```ts
 * import { answered, AwaitInput, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const rows = await ctx.xcoms.get<number>("extract");
 *   if (rows !== 0) return rows;
 *   throw new AwaitInput({ subject: "Nothing to load", options: ["go on", "stop"], resume: "on" });
 * }, {
 *   continuations: { on: answered((answer) => answer.option === "go on" ? 0 : null) },
 * });
 * ```
 */
export function answered<Option extends string = string, Result = unknown>(
  resume: Continuation<Answer<Option>, Result>,
): Continuation<unknown, Result> {
  return (event, ctx, kwargs) => resume(answerOf<Option>(event), ctx, kwargs);
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
      `Cannot go on without an answer: ${String(error)}`,
      { detail: event },
    );
  }
  if (!isOptions<Option>(options)) {
    throw new TaskRuntimeError(
      "MALFORMED",
      "Cannot read the answer: it has no chosen options; is the continuation one of a question?",
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

/** Airflow's API has checked that they are options of the question. */
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
