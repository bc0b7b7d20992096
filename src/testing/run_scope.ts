/**
 * What belongs to one run among several in a process: console, exit, context and time.
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

/** One run. */
export interface RunScope {
  /** The clock that it goes by; undefined for the real one. */
  readonly clock: FakeClock | undefined;
  /** Where its console goes, from the start of the handler to its end. */
  logger?: TaskLogger | undefined;
  /** What ends its handler. */
  interrupter?: Interrupter | undefined;
  /** What `getContext()` gives. */
  context?: TaskContext | undefined;
}

const SCOPES = new AsyncLocalStorage<RunScope>();

/** How many runs there are, and what gives the globals back after the last. */
let runs = 0;
let restore: DisposableStack | undefined;

/**
 * Does `work` as the run `scope`. While any run lasts, `console`, `Deno.exit()` and the time look up
 * whose they are; for code outside of all runs they stay as they were.
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

/** The context of whichever run asks. */
const SLOT = {
  get current(): TaskContext | undefined {
    return SCOPES.getStore()?.context;
  },
  set current(context: TaskContext | undefined) {
    const scope = SCOPES.getStore();
    if (scope !== undefined) scope.context = context;
  },
};
