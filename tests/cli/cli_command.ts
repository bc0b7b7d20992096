/** How tests start the command line. */
import { authorCommand } from "../author_command.ts";
import { isQuick } from "../thoroughness.ts";
import { type Ended, runAlone } from "../runtime/hand_supervisor.ts";

/** The binary's entry, by the Deno that runs the tests. */
export function entryCommand(...args: string[]): string[] {
  return [...authorCommand(new URL("../../src/cli/main.ts", import.meta.url)), ...args];
}

/**
 * The command line with these arguments: the binary that the gate has just compiled, which starts
 * ten times as fast, or else the authors' entry by the Deno that runs the tests.
 */
export function cliCommand(...args: string[]): string[] {
  const binary = Deno.env.get("CLI_BINARY");
  const entry = new URL("../../src/cli/mod.ts", import.meta.url);
  return binary === undefined ? [...authorCommand(entry), ...args] : [binary, ...args];
}

/**
 * What the coordinator starts: in the quick run the binary, which the runs under real Airflow have
 * for themselves in the full one, where it is the entry.
 */
export function launchCommand(...args: string[]): string[] {
  const binary = Deno.env.get("CLI_BINARY");
  return isQuick && binary !== undefined ? [binary, ...args] : entryCommand(...args);
}

/** Runs the command line to its end. */
export function runCli(...args: string[]): Promise<Ended> {
  return runAlone(cliCommand(...args));
}
