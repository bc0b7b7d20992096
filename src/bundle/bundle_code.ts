/**
 * Bundles an author's module to one file by `deno bundle`, and asks it for its Dags.
 *
 * @module
 */

import { dirname } from "node:path";
import { TaskRuntimeError } from "../error.ts";
import { type DenoCommand, isAtLeast, quietEnvironment, runCommand } from "./deno_command.ts";
import { withoutFileNames } from "./author_files.ts";
import { type BundleMetadata, readReport } from "./metadata.ts";
import { cannotPack } from "./errors.ts";
import { isPlainObject } from "../values.ts";

/** The first Deno whose `bundle` has all the options used here. */
const BUNDLING_DENO = "2.5.0";
const REPORT_TIMEOUT_MS = 30_000;
/** The variables by which Deno finds its cache, its registries and its certificates. */
const KEPT_ENVIRONMENT =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|LANG|LC_ALL|USERPROFILE|SYSTEMROOT|LOCALAPPDATA|TEMP|TMP|DENO_.*|JSR_URL|NPM_CONFIG_REGISTRY|SSL_CERT_FILE|(HTTPS?|NO)_PROXY)$/i;

/** Options of {@linkcode bundleCode}. */
export interface BundleCodeOptions {
  /** The entry module: an absolute path or a URL. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from `cwd` upwards by default. */
  readonly config?: string | undefined;
  /** The working directory; the entry's folder by default. */
  readonly cwd?: string | undefined;
  /** Appends an inline source map, so that stack traces name the author's lines. */
  readonly sourceMap: boolean;
  /** Cancels the work. */
  readonly signal?: AbortSignal | undefined;
}

/** A class that the bundler renamed, since it refers to itself or shares its name with another one. */
const RENAMED_CLASS = /\bclass _[A-Za-z]|^var [\w$]*\d = class\b/m;

/**
 * Bundles a module with all its imports to `output`, an ES module of JavaScript.
 *
 * If the bundler renames a class, whose name packages may rely on, the module is bundled again with
 * names kept. That adds a call for each function and class, some milliseconds at each launch.
 *
 * The code is not minified: esbuild up to 0.28.0, as in Deno 2.7, drops the variable of
 * `using file = open(); return file.read()`, and nothing closes the file.
 *
 * @throws {TaskRuntimeError} `INVALID` with Deno's message about the author's code; `UNSUPPORTED` for
 * a Deno that is too old or cannot download its bundler
 */
export async function bundleCode(
  deno: DenoCommand,
  output: string,
  options: BundleCodeOptions,
): Promise<void> {
  await runBundler(deno, output, options, []);
  if (!RENAMED_CLASS.test(await Deno.readTextFile(output))) return;
  await runBundler(deno, output, options, ["--keep-names"]);
}

async function runBundler(
  deno: DenoCommand,
  output: string,
  options: BundleCodeOptions,
  flags: readonly string[],
): Promise<void> {
  if (!isAtLeast(deno.version, BUNDLING_DENO)) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot pack ${options.entry}: it needs Deno ${BUNDLING_DENO}, ${deno.path} is ${deno.version}`,
    );
  }
  // Deno searches for the author's configuration and lock file from here upwards.
  const folder = options.cwd ?? dirname(options.entry);
  const { code, stderr } = await runCommand(deno.path, {
    args: [
      "bundle",
      "--quiet",
      "--platform=deno",
      ...flags,
      ...(options.sourceMap ? ["--sourcemap=inline"] : []),
      ...(options.config === undefined ? [] : [`--config=${options.config}`]),
      `--output=${output}`,
      options.entry,
    ],
    cwd: folder,
    env: quietEnvironment(),
    signal: options.signal,
  });
  if (code === 0) {
    const text = await Deno.readTextFile(output);
    return await Deno.writeTextFile(output, withoutFileNames(text, folder));
  }
  if (/@esbuild/.test(stderr)) {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      `Cannot pack ${options.entry}: "deno bundle" fetches esbuild from the npm registry once, and ` +
        "could not; give it access, name a mirror by NPM_CONFIG_REGISTRY, or a cache that has it " +
        `by DENO_DIR: ${tail(stderr)}`,
      { detail: stderr },
    );
  }
  throw new TaskRuntimeError("INVALID", `Cannot pack ${options.entry}: ${tail(stderr)}`, {
    detail: stderr,
  });
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
 * The module may only read the environment, as many npm packages do when they load; it contains only
 * Deno's own variables.
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
  return all ? ["--allow-all"] : ["--allow-env", ...allow];
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
