/**
 * All runs of one task: every try, and every resumption within a try.
 *
 * @module
 */
import { DEFAULT_TASK_FIXTURE, type Fixtures } from "../local/fixtures/fixtures.ts";
import { defined } from "./defined.ts";
import type { EndState } from "../local/supervisor/terminal_state.ts";
import { LocalClock } from "../local/scheduler/local_clock.ts";
import { Resumption } from "../local/scheduler/resumption.ts";
import { runTries } from "../local/scheduler/task_tries.ts";
import { serialize } from "../runtime/context/serialize.ts";
import type { TaskHandler } from "../sdk/task_handler.ts";
import { type Duration, secondsOf } from "../sdk/time.ts";
import { faultsOf } from "./faults.ts";
import { superviseInProcess } from "./in_process.ts";
import { type WorldInputs, worldOf } from "./inputs.ts";
import { type AnswerInput, humanAnswer } from "./run_task.ts";
import { withinRun } from "./run_scope.ts";
import { handlerWatch, type TaskTestRun, testRunOf } from "./task_test_run.ts";

/** The options of {@linkcode runUntilDone}. */
export interface RunUntilDoneOptions<Args = unknown> extends WorldInputs<Args> {
  /** The time between two tries, unless the task requests another; 0 by default. */
  readonly retryDelay?: Duration;
  /**
   * The events of its triggers, one per deferral. By default triggers that wait for a time or another
   * Dag fire as in `dev`, and file triggers check the file, which needs the permission to read it.
   */
  readonly events?: readonly unknown[];
  /** The answers to its questions, one per question; by default the question times out. */
  readonly answers?: readonly AnswerInput[];
}

/** The last run of a task, and all runs before it. */
export interface TaskHistory<Result = unknown> extends TaskTestRun<Result> {
  /** All runs in order, including the last. */
  readonly runs: readonly TaskTestRun<Result>[];
  /** The number of tries. */
  readonly tries: number;
}

/**
 * Runs a task until it reaches its final state, through retries, reschedules, deferrals and
 * questions, as Airflow does.
 *
 * Without a clock, it skips waits between two runs: dates in the past move back by the skipped time.
 * Waits within a run are real. With a {@linkcode FakeClock}, all waits follow that clock.
 *
 * @example A sensor that pokes every hour
 * ```ts
 * import { sensor, TaskHandler } from "@airflow-deno/task-runtime";
 * import { FakeClock, runUntilDone } from "@airflow-deno/task-runtime/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const start = Temporal.Instant.from("2026-01-01T00:00:00Z");
 * const ready = new TaskHandler("etl", "ready", sensor(() => {
 *   return Temporal.Now.instant().since(start).total("hours") >= 2;
 * }, { pokeInterval: { hours: 1 } }));
 *
 * const clock = new FakeClock({ start, autoAdvance: true });
 * const history = await runUntilDone(ready, { clock });
 * assertEquals(history.runs.map(({ state }) => state), [
 *   "up_for_reschedule",
 *   "up_for_reschedule",
 *   "success",
 * ]);
 * ```
 *
 * @throws {TaskRuntimeError} `INVALID` when an input is not valid, with the place of the fault
 */
export async function runUntilDone<Args extends object, Result>(
  handler: TaskHandler<Args, Result>,
  options: RunUntilDoneOptions<Args> = {},
): Promise<TaskHistory<Awaited<Result>>> {
  const { clock, mapIndex = -1 } = options;
  return await withinRun({ clock }, async () => {
    const world = worldOf(handler, options);
    const { store, runId, date, fixtures } = world;
    const { dagId, taskId } = handler;
    const fixture = fixtures.tasks.get(taskId) ?? DEFAULT_TASK_FIXTURE;
    const dagRun = {
      conf: fixtures.params ?? {},
      ...fixtures.dagRun,
      dagId,
      runId,
      state: "running",
    };
    store.setDagRun(dagRun);
    const faults = options.faults && faultsOf(options.faults);
    const runs: TaskTestRun<Awaited<Result>>[] = [];
    const end = await runTries({
      command: [],
      taskId,
      mapIndex,
      dagRun,
      fixture: {
        ...fixture,
        retries: options.retries ?? fixture.retries,
        retryDelaySeconds: options.retryDelay === undefined
          ? fixture.retryDelaySeconds
          : secondsOf(options.retryDelay, "Cannot run the task until it is done", "retryDelay"),
        expect: undefined,
        args: world.args,
      },
      resumption: new Resumption(
        { dagId, runId, taskId, mapIndex },
        store,
        () => Promise.resolve(undefined),
        suppliesOf(taskId, fixtures, options),
      ),
      store,
      // The test's clock waits the whole time of every wait.
      clock: new LocalClock(clock === undefined ? 0 : Infinity),
      date,
      onStep: () => {},
      ...defined({ signal: options.signal }),
      supervise: async (started) => {
        const { observer, outcome } = handlerWatch<Awaited<Result>>();
        const env = options.env ?? {};
        const given = { ...started, ...defined({ faults }), handler, clock, env, observer };
        const run = await superviseInProcess(given);
        clock?.passProcess();
        runs.push(testRunOf(run, outcome(), world, { dagId, taskId, mapIndex }));
        return run;
      },
    });
    return historyOf(runs, end);
  });
}

function historyOf<Result>(
  runs: readonly TaskTestRun<Result>[],
  { state, tries }: { readonly state: EndState; readonly tries: number },
): TaskHistory<Result> {
  const last = runs.at(-1);
  if (last === undefined) throw new Error("runUntilDone() runs a task at least once");
  return { ...last, state, runs, tries };
}

/** Replaces the events and answers of the fixtures by those of the test. */
function suppliesOf(
  taskId: string,
  fixtures: Fixtures,
  { events, answers }: RunUntilDoneOptions,
): Fixtures {
  return {
    ...fixtures,
    ...(events === undefined ? {} : {
      events: new Map([[taskId, {
        values: events.map((event) => serialize(event)),
        isEndless: false,
      }]]),
    }),
    ...(answers === undefined ? {} : {
      answers: new Map([[taskId, { values: answers.map(humanAnswer), isEndless: false }]]),
    }),
  };
}
