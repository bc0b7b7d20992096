/**
 * A command line that cannot be understood, as opposed to a deed that failed.
 *
 * @module
 */
import { TaskRuntimeError } from "../error.ts";

/** The command line is wrong: the exit code is 2. */
export class UsageError extends TaskRuntimeError {
  override readonly name: string = "UsageError";

  /** `command` cannot be run for that reason; its `--help` tells more. */
  constructor(command: string, reason: string) {
    super("INVALID", `Cannot run "${command}": ${reason}; see "${command} --help"`);
  }
}
