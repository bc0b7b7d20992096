/** How tests start the command line: its entry, by the Deno that runs the tests. */
import { authorCommand } from "../author_command.ts";
import { type Ended, runAlone } from "../runtime/hand_supervisor.ts";

/** The command line with these arguments. */
export function cliCommand(...args: string[]): string[] {
  return [...authorCommand(new URL("../../src/cli/main.ts", import.meta.url)), ...args];
}

/** Runs the command line to its end. */
export function runCli(...args: string[]): Promise<Ended> {
  return runAlone(cliCommand(...args));
}
