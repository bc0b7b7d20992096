/** Bundles of the example, packed by the command line. */
import { configArgs } from "../author_command.ts";
import type { Ended } from "../runtime/hand_supervisor.ts";
import { runCli } from "./cli_command.ts";

/** The repository's root. */
export const ROOT: string = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** The example's module. */
export const ETL = `${ROOT}/examples/etl/main.ts`;

/** What makes the example's tasks end as expected. */
export const FIXTURES = `${ROOT}/examples/etl/dev.json`;

/** The options that say which Deno packs, and with what configuration. */
export const DENO_OPTIONS: readonly string[] = ["--deno", Deno.execPath(), ...configArgs()];

/** Runs `pack` with the Deno at hand. */
export function pack(...args: string[]): Promise<Ended> {
  return runCli("pack", ...DENO_OPTIONS, ...args);
}

/** A folder that goes away with its user. */
export class Folder implements AsyncDisposable {
  /** Its path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one. */
  static async make(): Promise<Folder> {
    return new Folder(await Deno.makeTempDir());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
