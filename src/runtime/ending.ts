/**
 * The one place that decides how the process ends.
 *
 * @module
 */
import { exit } from "./exit_guard.ts";

/**
 * Outlives us by a moment with our stdout and stderr in hand.
 *
 * Its stdin is a pipe from us, which ends when we do; `sleep` covers the time from our last socket
 * closing to our being reaped, in seconds.
 */
const LINGER = "read -r _; sleep 0.02 >/dev/null 2>&1";
const SHELL = "/bin/sh";

/** Held, so that our end of its stdin stays open. */
let lingering: Deno.ChildProcess | undefined;

/**
 * Starts the shell that outlives us, once; it waits from then on.
 *
 * Airflow's supervisor asks whether we are dead only when one of our sockets or pipes has stirred.
 * If the last of them closes before it can reap us, it sleeps a whole heartbeat interval (5 s by
 * default) with the worker's slot in hand, and an engine with its threads takes long to die: of 60
 * runs under load, 30 were slept over when the sockets were closed first, 6 when the exit closed
 * all at once, none when a shell held the pipes until after. The sockets are left to the exit all
 * the same, for where no shell can be started.
 *
 * It is started before an author's code runs, which has no permission to start any program.
 */
export function prepareEnd(): void {
  if (lingering !== undefined) return;
  try {
    lingering = new Deno.Command(SHELL, {
      args: ["-c", LINGER],
      stdin: "piped",
      stdout: "inherit",
      stderr: "inherit",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
    }).spawn();
    // Nothing waits for it but the kernel.
    lingering.unref();
  } catch {
    // No shell, or not allowed to: the exit must do without.
  }
}

/** Gives up the permission to start that shell, where it was given for it alone. */
export function forgetShell(named: readonly string[] | true | undefined): void {
  if (named === true || named?.includes(SHELL)) return;
  Deno.permissions.revokeSync({ name: "run", command: SHELL });
}

/** Ends the process with `exitCode`, once nothing is left to say. */
export function end(exitCode: number): never {
  exit(exitCode);
}
