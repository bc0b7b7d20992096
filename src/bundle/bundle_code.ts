/**
 * Bundles an author's module to one file, and asks it for its Dags.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { TaskRuntimeError } from "../error.ts";
import type { BundlerOptions, BundlerResult } from "./bundler/bundler.ts";
import { type DenoCommand, isAtLeast, quietEnvironment, runCommand } from "./deno_command.ts";
import { type BundleMetadata, readReport } from "./metadata.ts";
import { cannotPack } from "./errors.ts";
import { isPlainObject } from "../values.ts";

/** The first Deno that the bundler is tested with. */
const BUNDLING_DENO = "2.5.0";
const REPORT_TIMEOUT_MS = 30_000;
/** The variables by which Deno finds its cache, its registries and its certificates. */
const KEPT_ENVIRONMENT =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|LANG|LC_ALL|USERPROFILE|SYSTEMROOT|LOCALAPPDATA|TEMP|TMP|DENO_.*|JSR_URL|NPM_CONFIG_REGISTRY|SSL_CERT_FILE|(HTTPS?|NO)_PROXY)$/i;

/** Options of {@linkcode bundleCode}. */
export interface BundleCodeOptions {
  /** The absolute path of the entry module. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from `cwd` upwards by default. */
  readonly config?: string | undefined;
  /** The working directory; the entry's folder by default. */
  readonly cwd?: string | undefined;
  /** Appends an inline source map, so that stack traces name the author's lines. */
  readonly sourceMap: boolean;
  /** Makes the code small; false by default. */
  readonly minify?: boolean | undefined;
  /** Specifiers that stay imports; none by default. */
  readonly external?: readonly string[] | undefined;
  /** Cancels the work. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Bundles a module with all its imports to `output`, an ES module of JavaScript.
 *
 * Deno resolves the author's modules, so that deno.json, import maps, workspaces and the lock file
 * count; esbuild bundles them, run by the same Deno (see `bundler/`).
 *
 * @throws {TaskRuntimeError} `INVALID` with the errors in the author's code, `UNSUPPORTED` for a
 * Deno that is too old or cannot fetch esbuild.
 */
export async function bundleCode(
  deno: DenoCommand,
  output: string,
  options: BundleCodeOptions,
): Promise<BundlerResult> {
  if (!isAtLeast(deno.version, BUNDLING_DENO)) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot pack "${options.entry}": packing needs Deno ${BUNDLING_DENO}, and "${deno.path}" is ` +
        `${deno.version}. Install a newer Deno`,
    );
  }
  const folder = options.cwd ?? dirname(options.entry);
  const argument: BundlerOptions = {
    deno: deno.path,
    entry: options.entry,
    output,
    folder,
    configPath: options.config,
    config: await readConfig(folder, options.config),
    sourceMap: options.sourceMap,
    minify: options.minify ?? false,
    external: options.external ?? [],
  };
  const { code, stdout, stderr } = await runCommand(deno.path, {
    args: [
      ...["run", "--quiet", "--allow-all", "--no-config", "--no-lock"],
      await bundlerModule(dirname(output)),
      JSON.stringify(argument),
    ],
    cwd: folder,
    env: quietEnvironment(),
    signal: options.signal,
  });
  if (code !== 0) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot pack "${options.entry}": esbuild did not start. Deno fetches npm:esbuild from the npm ` +
        "registry once: allow that, name a mirror by NPM_CONFIG_REGISTRY, or name a cache that has " +
        `it by DENO_DIR: ${tail(stderr)}`,
      { detail: stderr },
    );
  }
  const result: BundlerResult = JSON.parse(stdout);
  if (result.errors.length > 0) throw cannotPack(options.entry, result.errors.join("; "));
  return result;
}

/** Returns the bundler as a module that `deno run` takes: its source, or a copy of the built one. */
async function bundlerModule(folder: string): Promise<string> {
  if (!Deno.build.standalone) return new URL("./bundler/main.ts", import.meta.url).href;
  // No other process can read the files of a compiled binary.
  const path = join(folder, "bundler.js");
  await Deno.writeTextFile(
    path,
    await Deno.readTextFile(new URL("../bundler.js", Deno.mainModule)),
  );
  return path;
}

/** Returns the text of the author's deno.json, for its `compilerOptions`; undefined without one. */
async function readConfig(folder: string, config?: string): Promise<string | undefined> {
  if (config !== undefined) return await Deno.readTextFile(config);
  for (let each = folder;; each = dirname(each)) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      try {
        return await Deno.readTextFile(join(each, name));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    if (each === dirname(each)) return undefined;
  }
}

/** Options of {@linkcode askForMetadata}. */
export interface AskOptions {
  /** The module to run. */
  readonly module: string;
  /** The author's entry module, for error messages. */
  readonly entry: string;
  /** The working directory, where Deno searches for a configuration. */
  readonly cwd: string;
  /** Options of `deno run` for the configuration. */
  readonly args: readonly string[];
  /** Permission flags of `deno run` that the module needs before it calls `serve()`. */
  readonly allow?: readonly string[] | undefined;
  /** The longest wait in milliseconds; 30,000 by default. */
  readonly timeout?: number | undefined;
  /** Cancels the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a module with `--airflow-metadata`, to which `serve()` answers with one line of JSON.
 *
 * The module may only read the environment and facts about the system, as many npm packages do when
 * they load; the environment contains only Deno's own variables.
 *
 * @throws {TaskRuntimeError} `INVALID` when the module fails or does not answer; `TIMEOUT`; `ABORTED`
 */
export async function askForMetadata(
  deno: DenoCommand,
  options: AskOptions,
): Promise<BundleMetadata> {
  const timeout = AbortSignal.timeout(options.timeout ?? REPORT_TIMEOUT_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  const environment = Object.entries(quietEnvironment());
  let result;
  try {
    result = await runCommand(deno.path, {
      args: [
        "run",
        "--quiet",
        "--no-prompt",
        ...permissions(options.allow ?? []),
        ...options.args,
        options.module,
        "--airflow-metadata",
      ],
      cwd: options.cwd,
      env: Object.fromEntries(
        environment.filter(([name]) => KEPT_ENVIRONMENT.test(name) || name === "NO_COLOR"),
      ),
      signal,
    });
  } catch (error) {
    if (!(error instanceof TaskRuntimeError) || error.code !== "TIMEOUT") throw error;
    throw new TaskRuntimeError(
      "TIMEOUT",
      `Cannot pack ${options.entry}: it did not name its Dags in time; does it wait for something ` +
        "before serve()?",
      { cause: error },
    );
  }
  return readAnswer(result, options.entry);
}

/** Deno refuses --allow-all together with any other permission. */
function permissions(allow: readonly string[]): readonly string[] {
  const all = allow.some((flag) => flag === "--allow-all" || flag === "-A");
  return all ? ["--allow-all"] : ["--allow-env", "--allow-sys", ...allow];
}

function readAnswer(
  { code, stdout, stderr }: { code: number; stdout: string; stderr: string },
  entry: string,
): BundleMetadata {
  if (code !== 0) {
    const hint = /NotCapable/.test(stderr)
      ? "; what needs a permission belongs into a handler, or is allowed to pack by --allow"
      : "";
    throw cannotPack(entry, `it failed when asked for its Dags${hint}: ${tail(stderr)}`);
  }
  // The author's module may have printed lines before.
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  let report: unknown;
  try {
    report = JSON.parse(line);
  } catch {
    report = undefined;
  }
  if (!isPlainObject(report)) {
    throw cannotPack(
      entry,
      "it did not name its Dags; a bundle's entry module ends with " +
        "`await new Bundle().register(…).serve()`",
    );
  }
  return readReport(report, (reason) => cannotPack(entry, reason));
}

/** Shortens Deno's message and removes its backtrace. */
function tail(stderr: string): string {
  const text = stderr.replace(/\n+Stack backtrace:[^]*$/, "").replace(
    /\nerror: bundling failed/,
    "",
  )
    .trim().replace(/^error: /, "");
  return text.length <= 2000 ? text : `…${text.slice(-2000)}`;
}
