/**
 * The step that binds a task's handler: its context, and its arguments or the continuation in which
 * the task resumes.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import type { StartupDetails } from "../../protocol/generated.ts";
import { enterContext, type TaskContext } from "../../sdk/context.ts";
import type { TaskArgs } from "../../sdk/handler.ts";
import type { TaskHandler } from "../../sdk/task_handler.ts";
import { contextOf, taskInstanceOf } from "../context/context.ts";
import { deserialize } from "../context/deserialize.ts";
import { NativeTaskHandler, type TaskPlan } from "../dag/native_task.ts";
import { bindArguments } from "./arguments.ts";
import { Completion } from "./completion.ts";
import { checkArguments } from "./handler_schema.ts";
import type { RunningTask } from "./running_task.ts";

/** The name of the continuation in which Airflow resumes a task whose trigger failed. */
const FAIL = "__fail__";

/** The error text of a trigger that did not fire in time. */
const TIMEOUT = "Trigger timeout";

const NO_BINDINGS = "; Airflow sends arguments only to bundles with schema version 2026-10-30 or " +
  "newer: pack with --schema 2026-10-30";

/** A handler with its context. */
export interface HandlerCall extends Disposable {
  readonly handler: TaskHandler<object>;
  readonly ctx: TaskContext;
  /** Collects what the terminal message carries. */
  readonly completion: Completion;
  /** The part of the task that its Dag defines; undefined for a task of a Python Dag. */
  readonly plan: TaskPlan | undefined;
}

/** Creates the context of a handler, which `getContext()` returns until the call is disposed. */
export function prepareCall(handler: TaskHandler<object>, task: RunningTask): HandlerCall {
  const { startup, requester } = task;
  const completion = new Completion(requester, taskInstanceOf(startup));
  const plan = handler instanceof NativeTaskHandler ? handler.plan : undefined;
  const ctx = contextOf(startup, { ...task, completion, params: plan?.paramDefaults() ?? {} });
  const entered = enterContext(ctx);
  return { handler, ctx, completion, plan, [Symbol.dispose]: () => entered[Symbol.dispose]() };
}

/**
 * Binds the arguments of the handler, and the event and kwargs of the continuation in which Airflow
 * resumes the task, and returns the bound function.
 *
 * @throws {TaskRuntimeError} as {@linkcode bindArguments}; of a task that resumes: `TIMEOUT` when
 * its trigger did not fire in time; `ABORTED` when the trigger failed; `MALFORMED` when Airflow has
 * kept kwargs that cannot be read
 */
export async function bind(call: HandlerCall, task: RunningTask): Promise<() => unknown> {
  return await task.interruption.wait(async () => {
    await prepareTask(call, task.startup);
    const { next_method } = task.startup.ti_context;
    if (next_method !== undefined && next_method !== null && next_method !== "") {
      return await bindContinuation(next_method, call, task);
    }
    const args = await argumentsOf(call, task);
    return () => call.handler.run(args, call.ctx);
  });
}

async function bindContinuation(
  name: string,
  call: HandlerCall,
  task: RunningTask,
): Promise<() => unknown> {
  const { handler, ctx, plan } = call;
  const { event, ...kwargs } = kwargsOf(task.startup.ti_context.next_kwargs);
  if (name === FAIL) {
    // Sets the label of a mapped instance, which Airflow deletes if the terminal message has none.
    await plan?.prepare(ctx).catch(() => {});
    throw triggerError(kwargs);
  }
  const args = await argumentsOf(call, task);
  ctx.log.info("Task resumed", { continuation: name });
  return () => handler.resume(name, event, ctx, { args, kwargs });
}

/** Declares the outlets, deletes the XComs of an earlier try and limits the time. */
async function prepareTask(
  { handler, ctx, completion }: HandlerCall,
  { ti_context }: StartupDetails,
): Promise<void> {
  await completion.outlets.declare(handler.outlets);
  // Airflow 3.3 leaves these to the runtime.
  for (const key of ti_context.xcom_keys_to_clear ?? []) await ctx.xcoms.delete(key);
  const { executionTimeout } = handler;
  if (executionTimeout !== undefined) await ctx.setExecutionTimeout(executionTimeout);
}

async function argumentsOf(
  { handler, ctx, plan }: HandlerCall,
  { startup }: RunningTask,
): Promise<object> {
  if (plan !== undefined) return await plan.prepare(ctx);
  const args = await bindArguments(startup, ctx);
  const hint = startup.ti_context.arg_bindings === undefined ? NO_BINDINGS : "";
  return await checkArguments(handler, args, hint);
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
    throw new TaskRuntimeError(
      "MALFORMED",
      "Cannot resume the task: its arguments, which Airflow kept, are not JSON",
    );
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
  const cause = typeof error === "string" ? error : "Unknown";
  return new TaskRuntimeError(
    "ABORTED",
    `Cannot resume the task: its trigger failed: ${cause}${lines.trimEnd()}`,
    { detail },
  );
}
