/**
 * Tasks that ask somebody.
 *
 * @module
 */
import type { TaskContext } from "./context.ts";
import type { Continuation, ResumableHandler } from "./continuation.ts";
import { FailTask, SkipTask } from "./ending.ts";
import { type Answer, answered, AwaitInput, type Question } from "./question.ts";
import type { TaskArgs } from "./task_handler.ts";

/** The name under which Airflow keeps where the task goes on. */
const RESUME = "answered";

/** A question, or what makes one from arguments and context when the task starts. */
export type QuestionSource<Asked> =
  | Asked
  | ((args: TaskArgs, ctx: TaskContext) => Asked | Promise<Asked>);

/**
 * Makes the handler of a task that asks somebody, and goes on with the answer.
 *
 * The task takes no worker while it waits; `resume` runs in another process than the question.
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
 *   timeout: 24 * 3600,
 * }, (answer, ctx) => {
 *   ctx.log.info("decided", { by: answer.respondedBy?.name });
 *   if (answer.option === "refund") return { refund: true, note: answer.params["note"] };
 * }));
 * ```
 */
export function ask<const Option extends string, Result>(
  question: QuestionSource<Question<Option>>,
  resume: Continuation<Answer<NoInfer<Option>>, Result>,
): ResumableHandler {
  const start = async (args: TaskArgs, ctx: TaskContext): Promise<never> => {
    const asked = typeof question === "function" ? await question(args, ctx) : question;
    throw new AwaitInput({ ...asked, resume: RESUME });
  };
  return Object.assign(start, { continuations: { [RESUME]: answered(resume) } });
}

/** The options of {@linkcode approve}: those of Airflow's ApprovalOperator. */
export type ApprovalOption = "Approve" | "Reject";

/** What to have approved. */
export type ApprovalQuestion = Omit<Question<ApprovalOption>, "options" | "multiple">;

/** What a rejection does. */
export interface ApproveOptions {
  /** Whether a rejection fails the task; by default it is skipped, and so are those behind it. */
  readonly failOnReject?: boolean;
}

/** What an approved task pushes: the same as Airflow's ApprovalOperator. */
export interface Approval {
  /** `["Approve"]`. */
  readonly chosen_options: readonly ApprovalOption[];
  /** What was entered into the input fields, by name. */
  readonly params_input: Readonly<Record<string, unknown>>;
  /** When it was approved, in ISO 8601. */
  readonly responded_at: string | null;
  /** Who approved; null when the default was taken. */
  readonly responded_by_user: { readonly id: string; readonly name: string } | null;
}

/**
 * Makes the handler of a task that goes on only when somebody approves.
 *
 * @example
 * ```ts
 * import { approve, TaskHandler } from "@airflow-deno/task-runtime";
 *
 * const release = new TaskHandler("shop", "release", approve({ subject: "Ship it?" }));
 * ```
 */
export function approve(
  question: QuestionSource<ApprovalQuestion>,
  { failOnReject = false }: ApproveOptions = {},
): ResumableHandler {
  const source = async (
    args: TaskArgs,
    ctx: TaskContext,
  ): Promise<Question<ApprovalOption>> => ({
    ...(typeof question === "function" ? await question(args, ctx) : question),
    options: ["Approve", "Reject"],
  });
  return ask(source, (answer): Approval => {
    if (answer.option === "Approve") return approvalOf(answer);
    const reason = answer.respondedBy === null
      ? "rejected, as nobody answered"
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
