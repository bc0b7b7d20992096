/**
 * Reads the metadata of a packed bundle or of an author's module.
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

/** Options of {@linkcode readBundle} for a module. */
export interface ModuleReadOptions {
  /** The path of deno. */
  readonly deno: string | undefined;
  /** The path of its configuration file. */
  readonly config: string | undefined;
  /** The permissions that the module needs before it calls `serve()`. */
  readonly allow: readonly string[];
}

/** The option for the permissions of a module while its metadata is read. */
export const ALLOW_OPTION: Option = {
  name: "allow",
  value: "FLAG",
  repeatable: true,
  about:
    "permission flag of deno run that MODULE needs before serve(), e.g. --allow-net; repeatable",
  complete: [],
};

/** The options of a command that reads a module. */
export const MODULE_OPTIONS: readonly Option[] = [
  { name: "deno", value: "PATH", about: "deno that runs MODULE; $DENO or deno on PATH by default" },
  { name: "config", value: "PATH", about: "configuration file of deno" },
  ALLOW_OPTION,
];

/**
 * Reads the metadata of a bundle, or runs a module up to `serve()` to get it.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a missing file or deno; `INVALID` for a file that is
 * neither a bundle nor a module that calls `serve()`
 */
export async function readBundle(
  path: string,
  options: ModuleReadOptions,
): Promise<BundleMetadata> {
  if (!isModule(path)) return await inspectBundle(path);
  const module = resolve(path);
  await Deno.stat(module).catch((cause) => {
    throw new TaskRuntimeError("NOT_FOUND", `Cannot read "${path}": the file does not exist`, {
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
