/**
 * The one place that decides how the process exits.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";

/** The real `Deno.exit()`, kept from before any guard. */
const exit: (code?: number) => never = Deno.exit;

/** Ends the process with `exitCode`, after everything has been reported to the supervisor. */
export function exitReported(exitCode: number): never {
  exit(exitCode);
}

/**
 * Ends a process that cannot report to the supervisor: prints the error on stderr and exits with 2 for
 * a wrong command line, otherwise with 1.
 */
export function exitUnreported(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`error: ${text}\n`));
  exit(error instanceof TaskRuntimeError && error.code === "INVALID" ? 2 : 1);
}
