/**
 * The one place that decides how the process ends.
 *
 * @module
 */
import { exit } from "./exit_guard.ts";

/**
 * Outlives us by a moment with our stdout and stderr in hand: until we can be reaped.
 *
 * Its stdin is a pipe from us, which ends when we do. From then on it looks, for some seconds at
 * most, whether the kernel shows us (`$0`) as dead with all our threads, which is some microseconds
 * later, or some milliseconds on a busy machine; who is gone has been reaped already. Where there is
 * no /proc it waits for longer than that takes.
 */
const LINGER = `read -r _
[ -d /proc/self ] || sleep 0.02
looks=0
while [ $((looks += 1)) -lt 1000 ] && read -r stat </proc/$0/stat; do
  set -- /proc/$0/task/*
  case "$#\${stat##*)}" in "1 Z "*) break ;; esac
  sleep 0.001
done 2>/dev/null`;
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
      args: ["-c", LINGER, String(Deno.pid)],
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
