/**
 * Packs an author's module as a bundle that Airflow finds, verifies and starts.
 *
 * @module
 */

import { basename, dirname, extname, join, resolve } from "node:path";
import { TaskRuntimeError } from "../error.ts";
import { LOADED_DAG_IDS } from "../runtime/dag/contents.ts";
import { askForMetadata, bundleCode } from "./bundle_code.ts";
import type { BundlerResult } from "./bundler/bundler.ts";
import { type DenoCommand, findDeno } from "./deno_command.ts";
import { type BundleDescription, type BundleForm, inspectBundle } from "./inspect.ts";
import { type BundleMetadata, checkSchemaVersion, writeOneLine } from "./metadata.ts";
import { assembleNodeBundle, NODE_BUNDLE_SUFFIX } from "./node_bundle.ts";
import { TemporaryFolder, writeAtomically } from "./output_file.ts";
import { cannotPack } from "./errors.ts";
import { compileFlags } from "./permissions.ts";
import { type EmbeddedSources, pathWithin, readSources } from "./author_files.ts";
import { appendTrailer, checkCanAppend, compileModule } from "./self_contained.ts";
import { trimSourceMap } from "./module_code.ts";
import { RUNTIME_NAME } from "./start_line.ts";
import { assembleThinBundle } from "./thin_bundle.ts";

/** Options of {@linkcode pack}. */
export interface PackOptions {
  /** Path of the author's entry module, which ends with `serve()`. */
  readonly entry: string;
  /**
   * The form of the bundle. `"thin"` (the default): one small executable file that starts the runtime
   * binary or `deno`; `"node"`: a `.min.mjs` for Airflow 3.4's NodeCoordinator; `"self-contained"`: one
   * binary of some 100 MB that needs no other program.
   */
  readonly form?: BundleForm | undefined;
  /** Path of the bundle; by default `dist/<entry>` or, for node, `dist/<entry>.min.mjs`. */
  readonly out?: string | undefined;
  /** The supervisor schema version to declare, instead of the default of the bundled SDK. */
  readonly schema?: string | undefined;
  /** Only thin: a path of the runtime binary on workers, tried after the bundle's own folder. */
  readonly runtime?: string | undefined;
  /**
   * Embeds the text of the entry module, and of the files that define Dags, for Airflow's code view;
   * by default where Dags are defined. Not for self-contained.
   */
  readonly embedSource?: boolean | undefined;
  /** Path of the `deno` to use; by default `$DENO`, the running one, or the one on PATH. */
  readonly deno?: string | undefined;
  /** Path of a Deno configuration file; found from the entry's folder upwards by default. */
  readonly config?: string | undefined;
  /** Permission flags of `deno run` that the module needs before it calls `serve()`. */
  readonly allow?: readonly string[] | undefined;
  /**
   * The modules whose lines stack traces show: `"author"` (the default), those in the entry's folder
   * and below; `"all"`, those of the runtime and of packages too, with their text, which makes the
   * bundle several times as large; `"none"`.
   */
  readonly sourceMap?: "author" | "all" | "none" | undefined;
  /** Makes the code of the bundle small; false by default. Not for self-contained. */
  readonly minify?: boolean | undefined;
  /** Specifiers that stay imports of the bundle; none by default. Not for self-contained. */
  readonly external?: readonly string[] | undefined;
  /** Receives what the bundler found. */
  readonly bundled?: ((result: BundlerResult) => void) | undefined;
  /** The time in which the module must list its Dags, in milliseconds; 30,000 by default. */
  readonly timeout?: number | undefined;
  /** Cancels the work; an existing file at `out` stays. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Packs a bundle and describes it, read back as Airflow reads it.
 *
 * Runs the module once, without permissions, to list its Dags and tasks.
 *
 * @throws {TaskRuntimeError} `NOT_FOUND` for a missing entry module or Deno; `INVALID` for code or ids
 * that cannot be packed; `UNSUPPORTED` for a Deno that is too old; `TIMEOUT`; `ABORTED`
 */
export async function pack(options: PackOptions): Promise<BundleDescription> {
  const form = options.form ?? "thin";
  const entry = resolve(options.entry);
  const out = outputPath(entry, form, options.out);
  checkOptions(form, entry, out, options);
  if (!(await isFile(entry))) {
    throw new TaskRuntimeError("NOT_FOUND", `Cannot pack ${options.entry}: there is no such file`);
  }
  const deno = await findDeno(options.deno, options.signal);
  const config = options.config === undefined ? undefined : resolve(options.config);
  const resolved: PackOptions = { ...options, entry, config };
  if (form === "self-contained") await packSelfContained(deno, out, resolved);
  else await packModule(deno, form, out, resolved);
  return await inspectBundle(out);
}

/** Returns the path that {@linkcode pack} writes to. */
export function outputPath(entry: string, form: BundleForm, out?: string): string {
  if (out !== undefined) return out;
  const name = basename(entry, extname(entry));
  return join("dist", form === "node" ? `${name}${NODE_BUNDLE_SUFFIX}` : name);
}

async function packModule(
  deno: DenoCommand,
  form: "thin" | "node",
  out: string,
  options: PackOptions,
): Promise<void> {
  const { entry, runtime, signal } = options;
  await using folder = await TemporaryFolder.create();
  const module = folder.join("bundle.mjs");
  const { nativePackages } = await bundleModule(deno, module, options);
  const report = await askForMetadata(deno, {
    module,
    entry,
    cwd: folder.path,
    args: ["--no-config", "--no-lock"],
    allow: options.allow,
    timeout: options.timeout,
    signal,
  }).catch((error: unknown) => {
    throw withNativeHint(error, nativePackages);
  });
  const { metadata, sources } = await embed(complete(report, options), options);
  const bundled = await Deno.readTextFile(module);
  const code = hintOf(report) +
    (options.sourceMap === "all" ? bundled : trimSourceMap(bundled, nameIn(entry, module)));
  const bytes = form === "thin"
    ? assembleThinBundle({
      code,
      metadata,
      sources,
      ...(runtime === undefined ? {} : { runtime }),
    })
    : assembleNodeBundle({ code, metadata, sources });
  await writeAtomically(out, (temporary) => Deno.writeFile(temporary, bytes));
}

/** Names the native packages of a module that failed: one of them is the likely cause. */
function withNativeHint(error: unknown, packages: readonly string[]): unknown {
  if (!(error instanceof TaskRuntimeError) || packages.length === 0) return error;
  const names = packages.map((name) => `npm:${name}`).join(", ");
  return new TaskRuntimeError(
    error.code,
    `${error.message}. A bundle cannot contain the native code of ${names}. Pack with ` +
      "--self-contained, or use a package without native code",
    { cause: error },
  );
}

/** Bundles the author's code with the runtime that it imports. */
async function bundleModule(
  deno: DenoCommand,
  output: string,
  options: PackOptions,
): Promise<BundlerResult> {
  const { entry, config, minify, external, signal } = options;
  const result = await bundleCode(deno, output, {
    entry,
    config,
    cwd: dirname(entry),
    sourceMap: options.sourceMap !== "none",
    minify,
    external,
    signal,
  });
  options.bundled?.(result);
  return result;
}

/**
 * The statement that lets a launch run only the loader function that returns the task's Dag. It
 * stands on the first line of the code, so that no line moves.
 */
function hintOf({ loadedDagIds }: BundleMetadata): string {
  if (loadedDagIds === undefined) return "";
  const name = `Symbol.for(${JSON.stringify(LOADED_DAG_IDS)})`;
  return `globalThis[${name}]=${writeOneLine(loadedDagIds)};`;
}

/** Names the sources in the entry's folder relative to it, so that a bundle contains no build path. */
function nameIn(entry: string, module: string): (source: string) => string | undefined {
  const folder = dirname(entry);
  return (source) => {
    if (/^[a-z][a-z+.-]+:/.test(source)) return undefined;
    const path = pathWithin(folder, resolve(dirname(module), source));
    return path?.includes("node_modules/") ? undefined : path;
  };
}

async function packSelfContained(
  deno: DenoCommand,
  out: string,
  options: PackOptions,
): Promise<void> {
  const { entry, config, signal } = options;
  checkCanAppend(deno);
  const report = await askForMetadata(deno, {
    module: entry,
    entry,
    cwd: dirname(entry),
    args: config === undefined ? [] : [`--config=${config}`],
    allow: options.allow,
    timeout: options.timeout,
    signal,
  });
  const { dagFiles: _files, ...metadata } = complete(report, options);
  await writeAtomically(out, async (temporary) => {
    // "deno compile" overwrites only its own output.
    await Deno.remove(temporary);
    const permissions = compileFlags(metadata.permissions ?? {});
    await compileModule(deno, temporary, { entry, config, permissions, signal });
    await appendTrailer(temporary, metadata);
  });
}

function complete(report: BundleMetadata, { entry, schema }: PackOptions): BundleMetadata {
  const supervisorSchemaVersion = schema ?? report.sdk.supervisorSchemaVersion;
  return { ...report, sdk: { ...report.sdk, supervisorSchemaVersion }, source: basename(entry) };
}

/** Embeds sources if the bundle defines Dags, or if `embedSource` is set. */
async function embed(
  metadata: BundleMetadata,
  { entry, embedSource = metadata.dagFiles !== undefined }: PackOptions,
): Promise<EmbeddedSources> {
  if (embedSource) return await readSources(entry, metadata);
  const { dagFiles: _files, ...rest } = metadata;
  return { metadata: rest, sources: [] };
}

function checkOptions(form: BundleForm, entry: string, out: string, options: PackOptions): void {
  if (options.schema !== undefined) checkSchemaVersion(options.schema);
  if (basename(out) === RUNTIME_NAME) {
    throw cannotPack(entry, `a bundle named ${RUNTIME_NAME} would start itself without end`);
  }
  if (out.endsWith(NODE_BUNDLE_SUFFIX) !== (form === "node")) {
    throw cannotPack(
      entry,
      `the name of a node bundle ends with ${NODE_BUNDLE_SUFFIX}, that of any other does not: ${out}`,
    );
  }
  if (options.runtime !== undefined && form !== "thin") {
    throw cannotPack(entry, `only a thin bundle starts a runtime, not a ${form} one`);
  }
  const { minify, external = [], sourceMap } = options;
  if (form === "self-contained" && (minify || external.length > 0 || sourceMap === "all")) {
    throw cannotPack(
      entry,
      "Deno compiles a self-contained bundle, without minify, external and source-map",
    );
  }
  if (options.embedSource && form === "self-contained") {
    throw cannotPack(entry, "a self-contained bundle does not hold the source");
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
