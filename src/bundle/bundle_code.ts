/**
 * The author's module made one file by `deno bundle`, and asked what it holds.
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
/** What Deno itself needs of an environment to find its cache, its registries, its certificates. */
const KEPT_ENVIRONMENT =
  /^(PATH|HOME|TMPDIR|XDG_CACHE_HOME|LANG|LC_ALL|USERPROFILE|SYSTEMROOT|LOCALAPPDATA|TEMP|TMP|DENO_.*|JSR_URL|NPM_CONFIG_REGISTRY|SSL_CERT_FILE|(HTTPS?|NO)_PROXY)$/i;

/** How an author's module is bundled. */
export interface BundleCodeOptions {
  /** The entry module: an absolute path or an address. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from `cwd` upwards by default. */
  readonly config?: string | undefined;
  /** The working directory; the entry's folder by default. */
  readonly cwd?: string | undefined;
  /** Appends an inline source map, so that stack traces name the author's lines. */
  readonly sourceMap: boolean;
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A class that the bundler renamed: one that uses itself, or has the name of another one. Code that has
 * such a name of its own looks the same.
 */
const RENAMED_CLASS = /\bclass _[A-Za-z]|^var [\w$]*\d = class\b/m;

/**
 * Bundles a module and all that it imports to `output`, an ES module of JavaScript.
 *
 * Where the bundler changes the name of a class, which packages may rely on, it is told to keep names.
 * That adds a call for each function and class, some milliseconds at each launch, so not otherwise.
 *
 * It is not minified: esbuild, up to 0.28.0 and so in Deno 2.7, then takes the variable out of
 * `using file = open(); return file.read()`, and nothing closes the file.
 *
 * @throws {TaskRuntimeError} `INVALID` with what Deno says of the author's code, `UNSUPPORTED` for
 * a Deno too old or one that cannot get the bundler it needs.
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
  // Deno looks for the author's configuration and lock file from here upwards.
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

/** How a module is asked what it holds. */
export interface AskOptions {
  /** The module to run. */
  readonly module: string;
  /** The author's entry module, for the error. */
  readonly entry: string;
  /** The working directory, and where Deno looks for a configuration. */
  readonly cwd: string;
  /** Options of `deno run`: which configuration. */
  readonly args: readonly string[];
  /** Options of `deno run`: permissions that the module needs before it comes to `serve()`. */
  readonly allow?: readonly string[] | undefined;
  /** The longest wait in milliseconds; 30,000 by default. */
  readonly timeout?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a module with `--airflow-metadata`, to which `serve()` answers with one line of JSON.
 *
 * It gets no permission but to read an environment emptied of all that is not Deno's own, for many
 * npm packages look there when loaded.
 *
 * @throws {TaskRuntimeError} `INVALID` when it fails or does not answer, `TIMEOUT`, `ABORTED`.
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

/** Deno refuses --allow-all beside any other permission. */
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
  // The author's module may have printed lines of its own before.
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

/** What Deno said, without backtrace and in a length that an error message bears. */
function tail(stderr: string): string {
  const text = stderr.replace(/\n+Stack backtrace:[^]*$/, "").replace(
    /\nerror: bundling failed/,
    "",
  )
    .trim().replace(/^error: /, "");
  return text.length <= 2000 ? text : `…${text.slice(-2000)}`;
}
