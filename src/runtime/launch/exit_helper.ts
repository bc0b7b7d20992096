/**
 * The helper process that keeps stdout and stderr open until this process can be reaped.
 *
 * Airflow's supervisor checks whether a task's process is dead only when one of its sockets or pipes
 * changes. If the last of them closes before the process can be reaped, the supervisor sleeps a whole
 * heartbeat interval (5 s by default). A helper that holds the pipes a little longer prevents that. A
 * thin bundle that runs on `deno` starts the same script from its first line (`bundle/start_line.ts`).
 *
 * @module
 */
const SHELL = "/bin/sh";

/** A loop until the kernel shows process `$pid` as a zombie without threads, or not at all. */
function untilReapable(seconds: string, most: string): string {
  return `n=0; while ${most} read -r stat </proc/$pid/stat; do set -- /proc/$pid/task/*; ` +
    `case "$#\${stat##*)}" in "1 Z "*) break;; esac; sleep ${seconds}; done 2>/dev/null`;
}

/**
 * The script that waits for the end of stdin, whose other end process `$pid` holds, then until that
 * process can be reaped: usually microseconds, at most one second. Without /proc it waits 20 ms.
 */
export const AFTER_STDIN: string = "read -r _; [ -d /proc/self ] || sleep 0.02; " +
  untilReapable("0.001", "[ $((n += 1)) -lt 1000 ] &&");

/** The script that polls five times a second until process `$pid` can be reaped. */
export const BY_POLLING: string = untilReapable("0.2", "");

/** Referenced so that our end of the helper's stdin stays open until this process ends. */
let helper: Deno.ChildProcess | undefined;

/**
 * Starts the helper, once. Call it before an author's code runs, which may have no permission to start
 * programs. Without a shell, the process exits without a helper.
 */
export function startExitHelper(): void {
  if (helper !== undefined) return;
  try {
    helper = new Deno.Command(SHELL, {
      args: ["-c", `pid=$0; ${AFTER_STDIN}`, String(Deno.pid)],
      stdin: "piped",
      stdout: "inherit",
      stderr: "inherit",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
    }).spawn();
    helper.unref();
  } catch {
    // The shell is missing or not allowed.
  }
}

/** Revokes the permission to start the shell, unless the bundle declares it (`run`). */
export function dropShellPermission(declared: readonly string[] | true | undefined): void {
  if (declared === true || declared?.includes(SHELL)) return;
  Deno.permissions.revokeSync({ name: "run", command: SHELL });
}
