/**
 * One run of one task.
 *
 * @module
 */
import { answerEvent } from "../local/scheduler/human_input.ts";
import { defined } from "../local/store/defined.ts";
import type { Resume } from "../local/scheduler/resumption.ts";
import { startupDetails } from "../local/supervisor/startup_details.ts";
import { TaskRuntimeError } from "../error.ts";
import { serialize } from "../runtime/context/serialize.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import { faultsOf } from "./faults.ts";
import { superviseInProcess } from "./in_process.ts";
import { type WorldInputs, worldOf } from "./inputs.ts";
import { handlerWatch } from "./handler_watch.ts";
import { withinRun } from "./run_scope.ts";
import { type TaskTestRun, testRunOf } from "./task_test_run.ts";

/** What somebody answers. */
export interface AnswerInput {
  /** The options chosen; of a question that takes one, one. */
  readonly options: readonly string[];
  /** What is entered into the input fields, by name. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The name of who answers; nobody in particular by default. */
  readonly by?: string;
}

/** With what a task goes on that has waited. */
export interface ResumeInput {
  /** The name of the continuation; the handler's first by default. */
  readonly continuation?: string;
  /** What the trigger fired with. */
  readonly event?: unknown;
  /** In the place of an event: what somebody has answered. */
  readonly answer?: AnswerInput;
  /** In the place of an event: the wait failed, as a trigger does; `true` for a wait too long. */
  readonly failed?: string | true;
  /** What the task left for the continuation. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** What a test says of a run. */
export interface RunTaskOptions<Args = unknown> extends WorldInputs<Args> {
  /** The try, counted from 1. */
  readonly tryNumber?: number;
  /** Goes on in a continuation, in the place of a start. */
  readonly resume?: ResumeInput;
  /** How often the task was rescheduled in this try; 0 by default. */
  readonly reschedules?: number;
  /** When the try began; the present by default. */
  readonly startDate?: Temporal.Instant;
}

/** What Airflow resumes a task with whose trigger did not fire in time. */
const TRIGGER_TIMEOUT = "Trigger timeout";

/**
 * Runs a handler once, with the codec, connection and runtime of a worker, against a supervisor in
 * this process. It needs no permission but those that the handler needs itself, touches no socket
 * and never ends the process. Several runs may be under way at once.
 *
 * An error that nobody catches, as in a callback, fails the test itself, and not the task.
 *
 * @example
 * ```ts
 * import { TaskHandler } from "@airflow-deno/task-runtime";
 * import { runTask } from "@airflow-deno/task-runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const load = new TaskHandler("etl", "load", async (_args, ctx) => {
 *   const extracted = await ctx.xcoms.pull<{ rows: number }>("extract");
 *   ctx.log.info("loading", { rows: extracted?.rows });
 *   return { loaded: extracted?.rows };
 * });
 *
 * const run = await runTask(load, { xcoms: { extract: { return_value: { rows: 42 } } } });
 * assertEquals(run.state, "success");
 * assertEquals(run.returnValue, { loaded: 42 });
 * assertEquals(run.logs.map(({ event }) => event), ["loading"]);
 * assertEquals(run.requests.map(({ type }) => type), ["GetXCom", "SetXCom", "SucceedTask"]);
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when an input is not as Airflow has it, naming the place
 */
export async function runTask<Args extends object, Result>(
  handler: TaskHandler<Args, Result>,
  options: RunTaskOptions<Args> = {},
): Promise<TaskTestRun<Awaited<Result>>> {
  const { clock } = options;
  return await withinRun({ clock }, async () => {
    const world = worldOf(handler, options);
    const { dagId, taskId } = handler;
    const { store, runId, date } = world;
    const mapIndex = options.mapIndex ?? -1;
    const resume = options.resume === undefined
      ? undefined
      : resumeOf(options.resume, handler.continuationNames);
    const { observer, left } = handlerWatch<Awaited<Result>>();
    const run = await superviseInProcess({
      handler,
      startup: startupDetails(defined({
        dagId,
        taskId,
        runId,
        mapIndex,
        date,
        args: world.args,
        dagRun: defined({ ...world.fixtures.dagRun, conf: world.fixtures.params }),
        tryNumber: options.tryNumber,
        retries: options.retries ?? world.fixtures.tasks.get(taskId)?.retries,
        rescheduleCount: options.reschedules,
        startDate: options.startDate,
        nextMethod: resume?.method,
        nextKwargs: resume?.kwargs,
      })),
      store,
      date,
      clock,
      env: options.env ?? {},
      observer,
      ...defined({ faults: options.faults && faultsOf(options.faults), signal: options.signal }),
    });
    return testRunOf(run, left(), world, { dagId, taskId, mapIndex });
  });
}

function resumeOf(input: ResumeInput, names: readonly string[]): Resume {
  const kwargs = Object.fromEntries(
    Object.entries(input.kwargs ?? {}).map(([key, value]) => [key, serialize(value)]),
  );
  if (input.failed !== undefined) {
    const error = input.failed === true ? TRIGGER_TIMEOUT : input.failed;
    return { method: "__fail__", kwargs: { ...kwargs, error } };
  }
  const method = input.continuation ?? names[0];
  if (method === undefined) {
    throw new TaskRuntimeError("INVALID", "Cannot resume the task: its handler never waits");
  }
  const event = input.answer === undefined
    ? serialize(input.event ?? null)
    : answerEvent(humanAnswer(input.answer));
  return { method, kwargs: { ...kwargs, event } };
}

/** An answer in the form that the local supervisor takes. */
export function humanAnswer({ options, params = {}, by }: AnswerInput): Parameters<
  typeof answerEvent
>[0] {
  return {
    chosenOptions: options,
    paramsInput: Object.fromEntries(
      Object.entries(params).map(([key, value]) => [key, serialize(value)]),
    ),
    respondedBy: by === undefined ? null : { id: by, name: by },
  };
}
