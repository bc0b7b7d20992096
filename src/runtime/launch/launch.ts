/**
 * One launch by Airflow's coordinator: two sockets back to the supervisor, and a watch over the
 * bundle until it serves them.
 *
 * A packed bundle starts its launch before any code of its author runs (see start.ts), so no package
 * of the bundle sees the sockets. A module that is run by itself starts it in `serve()`.
 *
 * @module
 */
import { viewEnvironment } from "./environment_view.ts";
import { type Handover, takeHandover } from "./handover.ts";
import { LoadingWatch } from "./process_watch.ts";
import { connectSockets } from "./sockets.ts";

/** A launch in progress. */
export interface Launch extends Handover {
  /** True if the runtime binary prepared this launch, and so started the exit helper. */
  readonly isPrepared: boolean;
  /** Watches the bundle that loads. */
  readonly loading: LoadingWatch;
}

let launch: Launch | undefined;
let isTaken = false;

/**
 * Starts the launch of this process, once: takes the sockets of the runtime binary or connects them,
 * and watches the bundle that loads.
 *
 * @throws {TaskRuntimeError} `INVALID` when `--comm` or `--logs` is missing or not an address
 */
export function startLaunch(args: readonly string[]): Launch {
  if (launch !== undefined) return launch;
  viewEnvironment();
  const handover = takeHandover();
  const isPrepared = handover !== undefined;
  return launch = {
    ...(handover ?? connectSockets(args)),
    isPrepared,
    loading: new LoadingWatch(),
  };
}

/**
 * Takes the launch for the one who serves it, and starts it if necessary. Returns undefined when it
 * has been taken: the process already reports a terminal state.
 *
 * @throws {TaskRuntimeError} `INVALID` when `--comm` or `--logs` is missing or not an address
 */
export function takeLaunch(args: readonly string[]): Launch | undefined {
  if (isTaken) return undefined;
  const started = startLaunch(args);
  isTaken = true;
  return started;
}
