/**
 * What `dev` runs: a packed bundle, or an author's module as it is.
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
import type { SchemaDate } from "../protocol/generated.ts";
import { SCHEMA_DATES } from "../protocol/generated_table.ts";
import { localModules } from "./dev/source_watch.ts";

/** A program that can be started as a coordinator starts it. */
export interface Program {
  /** The path as given. */
  readonly path: string;
  /** The task ids by Dag, in the order of registration. */
  readonly dags: ReadonlyMap<string, readonly string[]>;
  /** The ids of the Dags that it defines whole, without a Python file. */
  readonly whole: ReadonlySet<string>;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** Variables that it needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The schema date that it declares. */
  readonly date: SchemaDate;
}

/** How a module is started. */
export interface ModuleOptions {
  /** Path of the deno to use. */
  readonly deno: string | undefined;
  /** Path of its configuration file. */
  readonly config: string | undefined;
  /** Paths that the runtime in a module is to write to, whatever the module may. */
  readonly writes?: readonly string[];
}

/** Whether this program is the binary that runs bundles; there is none for Windows. */
const IS_RUNTIME = Deno.build.standalone && Deno.build.os !== "windows";

const MODULE = /\.(?:ts|tsx|mts|js|jsx|mjs)$/;

/**
 * Finds out what a file holds and how to start it.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a missing file or deno; `INVALID` for a file that is
 * neither a bundle nor a module that serves
 */
export async function loadProgram(path: string, options: ModuleOptions): Promise<Program> {
  return isModule(path) ? await loadModule(path, options) : await loadBundle(path, options);
}

/**
 * The files that a program is made of: a bundle alone, a module with what it imports from this
 * machine.
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

/** Tells an author's module from a packed bundle, by its name. */
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

/** The permissions that the program declares, and the runtime's own, as flags of `deno run`. */
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
    // The bundle starts as Airflow starts it, with this binary as the worker's.
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
  const date = SCHEMA_DATES.find((known) => known === sdk.supervisorSchemaVersion);
  if (date === undefined) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot run ${path}: it declares schema ${sdk.supervisorSchemaVersion}, and this runtime ` +
        `knows ${SCHEMA_DATES.join(", ")}`,
    );
  }
  const tasks = Object.entries(dags).map(([dagId, dag]) => [dagId, dag.tasks] as const);
  const whole = new Set(Object.keys({ ...dagSourcePaths, ...dagFiles }));
  return { path, dags: new Map(tasks), whole, command, env, date };
}

async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (cause) {
    throw new TaskRuntimeError("NOT_FOUND", `Cannot run ${path}: there is no such file`, { cause });
  }
}
