/**
 * The first module of every packed bundle: starts the launch before the author's code runs, and
 * reports to Airflow if that code fails or never serves.
 *
 * `pack` imports it ahead of the author's entry module. It does nothing in a process that a
 * coordinator did not start.
 *
 * @example The entry module that `pack` writes for the author's main.ts
 * ```ts ignore
 * import "@airflow-deno/task-runtime/launch";
 * import "./main.ts";
 * ```
 *
 * @module
 */
import { startTimer, useSystemTimers } from "../../supervisor/timer.ts";
import { neverServed } from "./handover.ts";
import { startLaunch } from "./launch.ts";
import { exitUnreported } from "./process_exit.ts";
import { reportFailedLoad } from "./serve.ts";
import { isLaunched } from "./sockets.ts";

if (isLaunched(Deno.args)) start();

function start(): void {
  try {
    useSystemTimers();
    startLaunch(Deno.args).loading.failed.catch(report);
    // Fires when the entry module has been evaluated, before what it failed with is reported: by Deno
    // 2.9 at the end of the next turn of the event loop, after that turn's timers.
    globalThis.addEventListener("load", () => {
      startTimer(0, () => startTimer(0, () => report(neverServed())));
    }, { once: true });
  } catch (error) {
    exitUnreported(error);
  }
}

function report(failure: unknown): void {
  void reportFailedLoad(failure, Deno.args);
}
