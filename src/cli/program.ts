/**
 * The program that `dev` and `replay` run: a packed bundle or an author's module.
 *
 * @module
 */
import { dirname } from "node:path";
import { askForMetadata } from "../bundle/bundle_code.ts";
import { findDeno } from "../bundle/deno_command.ts";
import { inspectBundle } from "../bundle/inspect.ts";
import type { BundleMetadata } from "../bundle/metadata.ts";
import { moduleFlags } from "../bundle/permissions.ts";
import { TaskRuntimeError } from "../error.ts";
import type { SchemaVersion } from "../protocol/generated.ts";
import { SCHEMA_VERSIONS } from "../protocol/generated_table.ts";
import { localModules } from "./dev/source_watch.ts";

/** A program that starts like a bundle for a coordinator. */
export interface Program {
  /** The path as given. */
  readonly path: string;
  /** The task ids by Dag, in the order of registration. */
  readonly dags: ReadonlyMap<string, readonly string[]>;
  /** The ids of the Dags that it defines in TypeScript. */
  readonly whole: ReadonlySet<string>;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** The environment variables that it needs. */
  readonly env: Readonly<Record<string, string>>;
  /** The schema version that it declares. */
  readonly schema: SchemaVersion;
}

/** Options for a module. */
export interface ModuleOptions {
  /** The path of deno. */
  readonly deno: string | undefined;
  /** The path of its configuration file. */
  readonly config: string | undefined;
  /** Paths that the runtime writes to, in addition to the permissions of the module. */
  readonly writes?: readonly string[];
}

/** True in the runtime binary, except on Windows, where the binary cannot run bundles. */
const IS_RUNTIME = Deno.build.standalone && Deno.build.os !== "windows";

const MODULE = /\.(?:ts|tsx|mts|js|jsx|mjs)$/;

/**
 * Reads the metadata of a program.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a missing file or deno; `INVALID` for a file that is
 * neither a bundle nor a module that calls `serve()`
 */
export async function loadProgram(path: string, options: ModuleOptions): Promise<Program> {
  return isModule(path) ? await loadModule(path, options) : await loadBundle(path, options);
}

/**
 * Returns the files of a program: the bundle, or the module with its local imports.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a missing file or deno
 */
export async function sourcesOf(path: string, options: ModuleOptions): Promise<string[]> {
  const file = await realPath(path);
  if (!isModule(path)) return [file];
  const deno = await findDeno(options.deno, undefined);
  return await localModules(deno.path, file, await configArgs(options));
}

async function configArgs({ config }: ModuleOptions): Promise<string[]> {
  return config === undefined ? [] : [`--config=${await realPath(config)}`];
}

/** Returns true if the name is that of an author's module, not of a bundle. */
export function isModule(path: string): boolean {
  return MODULE.test(path) && !path.endsWith(".min.mjs");
}

async function loadModule(path: string, options: ModuleOptions): Promise<Program> {
  const file = await realPath(path);
  const deno = await findDeno(options.deno, undefined);
  const args = await configArgs(options);
  const metadata = await askForMetadata(deno, {
    module: file,
    entry: path,
    cwd: dirname(file),
    args,
  });
  const permissions = programPermissions(metadata, options);
  return programOf(path, metadata, [deno.path, "run", "--quiet", ...permissions, ...args, file]);
}

/** Returns the permissions of the program and of the runtime as flags of `deno run`. */
function programPermissions(
  { permissions = {} }: Pick<BundleMetadata, "permissions">,
  { writes = [] }: ModuleOptions,
): string[] {
  const { write = [], ...others } = permissions;
  return moduleFlags({ ...others, write: write === true || [...write, ...writes] });
}

async function loadBundle(path: string, options: ModuleOptions): Promise<Program> {
  const { form, ...metadata } = await inspectBundle(path);
  const file = await realPath(path);
  if (form === "self-contained") return programOf(path, metadata, [file]);
  if (!IS_RUNTIME) {
    const { path: deno } = await findDeno(options.deno, undefined);
    const permissions = programPermissions(metadata, options);
    const flags = ["--quiet", "--no-config", "--no-lock", "--ext=mjs", ...permissions];
    return programOf(path, metadata, [deno, "run", ...flags, file]);
  }
  return form === "thin"
    // The first line of the bundle starts this binary, as on a worker.
    ? programOf(path, metadata, [file], { AIRFLOW_TASK_RUNTIME: Deno.execPath() })
    : programOf(path, metadata, [Deno.execPath(), file]);
}

function programOf(
  path: string,
  { dags, sdk, dagSourcePaths, dagFiles }: Pick<
    BundleMetadata,
    "dags" | "sdk" | "dagSourcePaths" | "dagFiles"
  >,
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const schema = SCHEMA_VERSIONS.find((known) => known === sdk.supervisorSchemaVersion);
  if (schema === undefined) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot run "${path}": schema version ${sdk.supervisorSchemaVersion} is not supported; ` +
        `supported: ${SCHEMA_VERSIONS.join(", ")}`,
    );
  }
  const tasks = Object.entries(dags).map(([dagId, dag]) => [dagId, dag.tasks] as const);
  const whole = new Set(Object.keys({ ...dagSourcePaths, ...dagFiles }));
  return { path, dags: new Map(tasks), whole, command, env, schema };
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (cause) {
    throw new TaskRuntimeError("NOT_FOUND", `Cannot run "${path}": the file does not exist`, {
      cause,
    });
  }
}
