/** Runs commands on a terminal. */
import { isInstalled, run } from "../bundle/bundle_parts.ts";

/** True if the script(1) of Linux is installed, which runs a command on a terminal. */
export const hasTerminal: boolean = Deno.build.os === "linux" && await isInstalled("script");

/** Runs a command on a terminal; returns its output. */
export async function onTerminal(
  command: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const line = command.map((word) => `'${word}'`).join(" ");
  return (await run("script", ["-qec", line, "/dev/null"], { env })).stdout;
}
