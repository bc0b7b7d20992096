/**
 * What a task's process is to run: the handler, or the continuation that the task left off for.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { StartupDetails } from "../../protocol/generated.ts";
import type { TaskContext } from "../../sdk/context.ts";
import type { TaskArgs, TaskHandler } from "../../sdk/task_handler.ts";
import { deserialize } from "../context/deserialize.ts";

/** The name with which Airflow resumes a task that is to fail: its trigger did. */
const FAIL = "__fail__";

/** The error that says that Airflow, or the trigger, waited for too long. */
const TIMEOUT = "Trigger timeout";

/** Whether the task goes on where it left off, so that its arguments are not needed. */
export function isResumed({ ti_context }: StartupDetails): boolean {
  return typeof ti_context.next_method === "string" && ti_context.next_method !== "";
}

/**
 * Goes on with a task that has waited, as Airflow's own task runner does.
 *
 * @throws {TaskRuntimeError} `TIMEOUT` when the wait took too long; `ABORTED` when the trigger
 * failed; `NOT_FOUND` when the handler has no continuation of the name; `MALFORMED` when Airflow
 * kept no arguments that can be read
 */
export async function resume(
  handler: TaskHandler<object>,
  { ti_context: { next_method, next_kwargs } }: StartupDetails,
  ctx: TaskContext,
): Promise<unknown> {
  const name = next_method ?? "";
  const { event, ...kwargs } = kwargsOf(next_kwargs);
  if (name === FAIL) throw triggerError(kwargs);
  ctx.log.info("Task resumed", { continuation: name });
  return await handler.resume(name, event, ctx, kwargs);
}

function kwargsOf(next_kwargs: unknown): TaskArgs {
  const kwargs = typeof next_kwargs === "string" ? parsed(next_kwargs) : next_kwargs;
  if (typeof kwargs !== "object" || kwargs === null || Array.isArray(kwargs)) return {};
  const values = Object.entries(kwargs).map(([key, value]) => [key, deserialize(value)]);
  return Object.fromEntries(values);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be secret.
    const reason = "its arguments, which Airflow kept, are no JSON";
    throw new TaskRuntimeError("MALFORMED", `Cannot resume the task: ${reason}`);
  }
}

function triggerError({ error, traceback }: TaskArgs): TaskRuntimeError {
  const detail = { error, traceback };
  if (error === TIMEOUT) {
    return new TaskRuntimeError(
      "TIMEOUT",
      "Cannot resume the task: its trigger did not fire in time",
      { detail },
    );
  }
  const lines = Array.isArray(traceback) ? `\n${traceback.join("")}` : "";
  const reason = typeof error === "string" ? error : "Unknown";
  return new TaskRuntimeError(
    "ABORTED",
    `Cannot resume the task: its trigger failed: ${reason}${lines.trimEnd()}`,
    { detail },
  );
}
