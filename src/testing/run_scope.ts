/**
 * The globals of one run among several in a process: console, exit, context and time.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { captureConsole } from "../runtime/logging/console_capture.ts";
import { guardExit, type Interrupter } from "../runtime/launch/process_watch.ts";
import type { TaskLogger } from "../runtime/logging/task_logger.ts";
import { keepContextIn, type TaskContext } from "../sdk/context.ts";
import type { FakeClock } from "./fake_clock.ts";
import { fakeTime } from "./time_globals.ts";

/** The globals of one run. */
export interface RunScope {
  /** The clock of the run; undefined for the real one. */
  readonly clock: FakeClock | undefined;
  /** The logger of its console while the handler runs. */
  logger?: TaskLogger | undefined;
  /** Interrupts its handler. */
  interrupter?: Interrupter | undefined;
  /** The result of `getContext()`. */
  context?: TaskContext | undefined;
}

const SCOPES = new AsyncLocalStorage<RunScope>();

/** The number of runs, and the stack that restores the globals after the last one. */
let runs = 0;
let restore: DisposableStack | undefined;

/**
 * Calls `work` within the run `scope`. During a run, `console`, `Deno.exit()` and the time are those of
 * the run that calls them; for code outside of runs they do not change.
 */
export async function withinRun<T>(scope: RunScope, work: () => Promise<T>): Promise<T> {
  if (runs++ === 0) restore = shareGlobals();
  try {
    await using _used = scope.clock?.use();
    return await SCOPES.run(scope, work);
  } finally {
    if (--runs === 0) restore?.dispose();
  }
}

function shareGlobals(): DisposableStack {
  const stack = new DisposableStack();
  keepContextIn(SLOT);
  stack.use(captureConsole(() => SCOPES.getStore()?.logger));
  stack.use(guardExit(
    "before the handler returned",
    (request) => SCOPES.getStore()?.interrupter?.end(request),
    () => SCOPES.getStore()?.interrupter !== undefined,
  ));
  stack.use(fakeTime(() => SCOPES.getStore()?.clock));
  return stack;
}

/** The context of the run that reads it. */
const SLOT = {
  get current(): TaskContext | undefined {
    return SCOPES.getStore()?.context;
  },
  set current(context: TaskContext | undefined) {
    const scope = SCOPES.getStore();
    if (scope !== undefined) scope.context = context;
  },
};
