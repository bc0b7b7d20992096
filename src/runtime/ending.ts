/**
 * The one place that decides how the process ends.
 *
 * @module
 */
import { exit } from "./exit_guard.ts";

/**
 * Milliseconds that the event loop has to run dry by itself before the process is ended for it.
 */
const DRY_MS = 20;

/**
 * Ends the process with `exitCode`, once the sockets are closed and nothing is left to say.
 *
 * The supervisor sleeps a whole heartbeat interval when it sees the last of our sockets and pipes
 * close before it can reap the process. An event loop that runs dry leaves the shortest time
 * between the two, so it is given the chance; timers or servers that a handler left open would keep
 * it for ever, so it is not given long.
 */
export function end(exitCode: number): void {
  Deno.exitCode = exitCode;
  Deno.unrefTimer(setTimeout(() => exit(exitCode), DRY_MS));
}
