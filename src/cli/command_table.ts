/**
 * The interface of a command.
 *
 * @module
 */
import type { CommandLine } from "./options.ts";

/** The program's name. */
export const PROGRAM = "airflow-task-runtime";

/** One command of the program. */
export interface Command {
  /** Its purpose, in one line. */
  readonly summary: string;
  /** The text that `--help` prints. */
  readonly help: string;
  /** Its options and arguments. */
  readonly line: CommandLine;
  /** Runs it; resolves to the exit code: 0 done, 1 failed. */
  run(args: readonly string[]): Promise<number>;
}

/** The commands by name, each loaded when it is called. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>;
