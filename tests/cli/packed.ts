/** Packs bundles by the command line. */
import { configArgs } from "../author_command.ts";
import { provideBundle } from "../bundle_cache.ts";
import type { Ended } from "../runtime/hand_supervisor.ts";
import { cliCommand, runCli } from "./cli_command.ts";

/** The repository's root. */
export const ROOT: string = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The module of examples/etl. */
export const ETL = `${ROOT}/examples/etl/main.ts`;

/** The fixtures of examples/etl. */
export const FIXTURES = `${ROOT}/examples/etl/dev.json`;

/** The options that select Deno and its configuration. */
export const DENO_OPTIONS: readonly string[] = ["--deno", Deno.execPath(), ...configArgs()];

/** Runs `pack` with the Deno of the tests. */
export function pack(...args: string[]): Promise<Ended> {
  return runCli("pack", ...DENO_OPTIONS, ...args);
}

/**
 * Writes the bundle of a module to `out`.
 *
 * @throws {Error} with the stderr of `pack` if it fails
 */
export async function packedBundle(out: string, module: string, ...args: string[]): Promise<void> {
  const command = cliCommand("pack", ...DENO_OPTIONS, ...args);
  const [program = ""] = command;
  await provideBundle(out, { module, command, files: [program] }, async (path) => {
    const { code, stderr } = await pack(...args, "--out", path, module);
    if (code !== 0) throw new Error(stderr);
  });
}
