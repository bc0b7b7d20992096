/**
 * The end of a process that could not tell the supervisor why it ends.
 *
 * @module
 */
import { TaskRuntimeError } from "../../error.ts";
import { exit } from "./exit_guard.ts";

/** Prints the error on stderr and ends the process: 2 for a wrong command line, otherwise 1. */
export function endUntold(error: unknown): never {
  const text = error instanceof Error ? error.message : String(error);
  Deno.stderr.writeSync(new TextEncoder().encode(`error: ${text}\n`));
  exit(error instanceof TaskRuntimeError && error.code === "INVALID" ? 2 : 1);
}
