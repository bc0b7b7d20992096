/** The commands that start the command line in tests. */
import { authorCommand } from "../author_command.ts";
import { isQuick } from "../thoroughness.ts";
import { type Ended, runAlone } from "../runtime/hand_supervisor.ts";

/** Returns the command that runs the entry point of the binary with Deno. */
export function entryCommand(...args: string[]): string[] {
  return [...authorCommand(new URL("../../src/cli/main.ts", import.meta.url)), ...args];
}

/**
 * Returns the command that runs the command line: the compiled binary if there is one, which starts
 * ten times as fast, or else the entry point for authors.
 */
export function cliCommand(...args: string[]): string[] {
  const binary = Deno.env.get("CLI_BINARY");
  const entry = new URL("../../src/cli/mod.ts", import.meta.url);
  return binary === undefined ? [...authorCommand(entry), ...args] : [binary, ...args];
}

/**
 * Returns the program that a coordinator starts: the binary in the quick run, else the entry point of
 * the binary, because the conformance tests cover the binary.
 */
export function launchCommand(...args: string[]): string[] {
  const binary = Deno.env.get("CLI_BINARY");
  return isQuick && binary !== undefined ? [binary, ...args] : entryCommand(...args);
}

/** Runs the command line. */
export function runCli(...args: string[]): Promise<Ended> {
  return runAlone(cliCommand(...args));
}
