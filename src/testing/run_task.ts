/**
 * One run of one task.
 *
 * @module
 */
import { answerEvent } from "../local/scheduler/human_input.ts";
import { defined } from "./defined.ts";
import type { Resume } from "../local/scheduler/resumption.ts";
import { startupDetails } from "../local/supervisor/startup_details.ts";
import { TaskRuntimeError } from "../error.ts";
import { serialize } from "../runtime/context/serialize.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import { faultsOf } from "./faults.ts";
import { superviseInProcess } from "./in_process.ts";
import { type WorldInputs, worldOf } from "./inputs.ts";
import { withinRun } from "./run_scope.ts";
import { handlerWatch, type TaskTestRun, testRunOf } from "./task_test_run.ts";

/** An answer to a question. */
export interface AnswerInput {
  /** The chosen options; one, unless the question allows several. */
  readonly options: readonly string[];
  /** The values of the input fields, by name. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The name of the user who answers; none by default. */
  readonly by?: string;
}

/** The resumption of a deferred task. */
export interface ResumeInput {
  /** The name of the continuation; the handler's first by default. */
  readonly continuation?: string;
  /** The event of the trigger. */
  readonly event?: unknown;
  /** The answer to a question, instead of an event. */
  readonly answer?: AnswerInput;
  /** The error of a failed trigger, instead of an event; `true` for a timeout. */
  readonly failed?: string | true;
  /** The kwargs that the task passed when it deferred. */
  readonly kwargs?: Readonly<Record<string, unknown>>;
}

/** The options of {@linkcode runTask}. */
export interface RunTaskOptions<Args = unknown> extends WorldInputs<Args> {
  /** The number of the try, from 1; 1 by default. */
  readonly tryNumber?: number;
  /** Resumes the task in a continuation instead of starting it. */
  readonly resume?: ResumeInput;
  /** The number of reschedules in this try; 0 by default. */
  readonly reschedules?: number;
  /** The start of the try; the present by default. */
  readonly startDate?: Temporal.Instant;
}

/** The error with which Airflow resumes a task whose trigger did not fire in time. */
const TRIGGER_TIMEOUT = "Trigger timeout";

/**
 * Runs a handler once, with the codec, connection and runtime of a worker, against a local supervisor
 * in this process. It opens no sockets, needs only the permissions of the handler, and never ends the
 * process. Several runs may run at once.
 *
 * An uncaught error, e.g. in a callback of a timer, fails the test instead of the task.
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
 * @throws {TaskRuntimeError} `INVALID` when an input is not valid, with the place of the fault
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
    const { observer, outcome } = handlerWatch<Awaited<Result>>();
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
    return testRunOf(run, outcome(), world, { dagId, taskId, mapIndex });
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
    throw new TaskRuntimeError(
      "INVALID",
      "Cannot resume the task: its handler has no continuations",
    );
  }
  const event = input.answer === undefined
    ? serialize(input.event ?? null)
    : answerEvent(humanAnswer(input.answer));
  return { method, kwargs: { ...kwargs, event } };
}

/** Converts an answer for the local supervisor. */
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
