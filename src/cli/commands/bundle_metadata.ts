/**
 * What a packed bundle, or an author's module as it is, says of itself.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { askForMetadata } from "../../bundle/bundle_code.ts";
import { findDeno } from "../../bundle/deno_command.ts";
import { inspectBundle } from "../../bundle/inspect.ts";
import type { BundleMetadata } from "../../bundle/metadata.ts";
import { TaskRuntimeError } from "../../error.ts";
import type { Option } from "../command_line.ts";
import { isModule } from "../program.ts";

/** How a module is asked. */
export interface AskingOptions {
  /** Path of the deno to use. */
  readonly deno: string | undefined;
  /** Path of its configuration file. */
  readonly config: string | undefined;
  /** Permissions that the module needs before it comes to `serve()`. */
  readonly allow: readonly string[];
}

/** What a module may do while it is asked what it holds. */
export const ALLOW_OPTION: Option = {
  name: "allow",
  value: "FLAG",
  repeatable: true,
  about: "a permission the module needs before serve(), as deno run spells it; repeatable",
  complete: [],
};

/** The options of a command that asks a module. */
export const ASKING_OPTIONS: readonly Option[] = [
  { name: "deno", value: "PATH", about: "the deno for a MODULE" },
  { name: "config", value: "PATH", about: "its configuration file" },
  ALLOW_OPTION,
];

/**
 * Reads the metadata of a bundle, or asks a module for it, which runs up to `serve()`.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a missing file or deno; `INVALID` for a file that is
 * neither a bundle nor a module that serves
 */
export async function readBundle(path: string, options: AskingOptions): Promise<BundleMetadata> {
  if (!isModule(path)) return await inspectBundle(path);
  const module = resolve(path);
  await Deno.stat(module).catch((cause) => {
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read ${path}: there is no such file`, {
      cause,
    });
  });
  const { config } = options;
  return await askForMetadata(await findDeno(options.deno, undefined), {
    module,
    entry: path,
    cwd: dirname(module),
    args: config === undefined ? [] : [`--config=${resolve(config)}`],
    allow: options.allow,
  });
}
