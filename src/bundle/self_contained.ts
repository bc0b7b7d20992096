/**
 * The self-contained bundle: the author's module and the runtime compiled into one binary, followed
 * by Airflow's trailer.
 *
 * @module
 */

import { dirname } from "node:path";
import { TaskRuntimeError } from "../error.ts";
import { FileSource, sha256 } from "./byte_source.ts";
import { type DenoCommand, isAtLeast, quietEnvironment, runCommand } from "./deno_command.ts";
import { type BundleMetadata, writeMetadata } from "./metadata.ts";
import { cannotPack } from "./errors.ts";
import { writeTrailer } from "./trailer.ts";

/**
 * The first Deno whose compiled binaries run with a trailer at their end. Since 2.9.0 they keep their
 * code in an ELF note, not at the end; 2.9.0 and 2.9.1 do not work with a trailer.
 */
const APPENDABLE_DENO = "2.9.2";

/** Options of {@linkcode compileModule}. */
export interface CompileOptions {
  /** The author's entry module, an absolute path. */
  readonly entry: string;
  /** A Deno configuration file, an absolute path; found from the entry's folder by default. */
  readonly config?: string | undefined;
  /** Permission flags of `deno compile`. */
  readonly permissions: readonly string[];
  /** Cancels the work. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks that a trailer can be appended to the binaries of this Deno on this machine.
 *
 * @throws {TaskRuntimeError} `UNSUPPORTED` if it cannot
 */
export function checkCanAppend(deno: DenoCommand): void {
  if (Deno.build.os === "windows") {
    throw new TaskRuntimeError(
      "UNSUPPORTED",
      "Cannot pack a self-contained bundle on Windows: Airflow does not run there. Pack it on " +
        "Linux, or pack a thin bundle",
    );
  }
  if (isAtLeast(deno.version, APPENDABLE_DENO)) return;
  throw new TaskRuntimeError(
    "UNSUPPORTED",
    `Cannot pack a self-contained bundle with Deno ${deno.version}: its compiled binaries find ` +
      "their own code from the end of the file, where Airflow's trailer must stand; use Deno " +
      `${APPENDABLE_DENO} or newer (--deno PATH), or pack a thin bundle`,
  );
}

/**
 * Compiles a module to `output`. `$DENORT_BIN` is the base binary if Deno cannot download it.
 *
 * @throws {TaskRuntimeError} `UNSUPPORTED` for a Deno that is too old; `INVALID` with Deno's message
 */
export async function compileModule(
  deno: DenoCommand,
  output: string,
  options: CompileOptions,
): Promise<void> {
  checkCanAppend(deno);
  const { code, stderr } = await runCommand(deno.path, {
    args: [
      "compile",
      "--quiet",
      ...options.permissions,
      "--no-check",
      ...(options.config === undefined ? [] : [`--config=${options.config}`]),
      `--output=${output}`,
      options.entry,
    ],
    cwd: dirname(options.entry),
    env: quietEnvironment(),
    signal: options.signal,
  });
  if (code !== 0) throw cannotPack(options.entry, `"deno compile" failed: ${stderr.trim()}`);
}

/**
 * Turns the executable at `path` into a bundle: appends metadata and trailer in one write.
 *
 * @throws {TaskRuntimeError} `INVALID` for metadata that Airflow would refuse
 */
export async function appendTrailer(path: string, metadata: BundleMetadata): Promise<void> {
  const region = new TextEncoder().encode(writeMetadata(metadata));
  const digest = await hashFile(path);
  const trailer = writeTrailer({
    sourceLength: 0,
    metadataLength: region.length,
    sha256: digest,
  });
  const appended = new Uint8Array(region.length + trailer.length);
  appended.set(region);
  appended.set(trailer, region.length);
  await Deno.writeFile(path, appended, { append: true });
}

async function hashFile(path: string): Promise<string> {
  using source = await FileSource.open(path);
  return await sha256(source, 0, source.size);
}
