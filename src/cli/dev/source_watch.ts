/**
 * Waits for a change of the files that a program is made of.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { quietEnvironment, runCommand } from "../../bundle/deno_command.ts";

/** Milliseconds without a further change after which a change counts: an editor writes in steps. */
const QUIET_MS = 100;

/**
 * Watches files from its making on. Their folders are watched, so that a file which an editor
 * replaces, or which is not there yet, is seen as well.
 *
 * @example
 * ```ts
 * import { SourceWatch } from "./source_watch.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile();
 * using watch = new SourceWatch([path]);
 * await Deno.writeTextFile(path, "changed");
 * assertEquals(await watch.changed(), [path]);
 * await Deno.remove(path);
 * ```
 */
export class SourceWatch implements Disposable {
  readonly #files: ReadonlySet<string>;
  readonly #watcher: Deno.FsWatcher;
  readonly #changes: Promise<string[]>;
  readonly #release = Promise.withResolvers<string[]>();

  /** Watches these files. */
  constructor(files: readonly string[]) {
    this.#files = new Set(files.map(realPath));
    const folders = new Set([...this.#files].map(dirname).filter(isFolder));
    this.#watcher = Deno.watchFs([...folders], { recursive: false });
    this.#changes = this.#collect();
  }

  /** The files that have changed since the making, once there are any; none when `signal` aborts. */
  async changed(signal?: AbortSignal): Promise<readonly string[]> {
    const giveUp = (): void => this.#release.resolve([]);
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp, { once: true });
    const changed = await Promise.race([this.#changes, this.#release.promise]);
    signal?.removeEventListener("abort", giveUp);
    return changed;
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    this.#release.resolve([]);
    try {
      this.#watcher.close();
    } catch {
      // It was closed when the change had come.
    }
  }

  async #collect(): Promise<string[]> {
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    for await (const { kind, paths } of this.#watcher) {
      const ours = paths.map(realPath).filter((path) => this.#files.has(path));
      // To read a file is no change of it.
      if (kind === "access" || ours.length === 0) continue;
      for (const path of ours) changed.add(path);
      clearTimeout(timer);
      timer = setTimeout(() => this.#watcher.close(), QUIET_MS);
    }
    clearTimeout(timer);
    return [...changed];
  }
}

/**
 * The files of this machine that the module at `entry` is made of: itself and all that it imports,
 * but for packages. Only itself when its imports cannot be told.
 */
export async function localModules(
  deno: string,
  entry: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  const { code, stdout } = await runCommand(deno, {
    args: ["info", "--json", ...args, entry],
    cwd: dirname(entry),
    env: quietEnvironment(),
    signal,
  });
  const files = code === 0 ? filesOf(stdout) : [];
  return files.length === 0 ? [entry] : files;
}

function filesOf(info: string): string[] {
  const graph: unknown = JSON.parse(info);
  const modules = typeof graph === "object" && graph !== null && "modules" in graph
    ? graph.modules
    : [];
  return (Array.isArray(modules) ? modules : []).flatMap((module: unknown) => {
    const specifier = typeof module === "object" && module !== null && "specifier" in module
      ? module.specifier
      : undefined;
    const isLocal = typeof specifier === "string" && specifier.startsWith("file:") &&
      !specifier.includes("/node_modules/");
    return isLocal ? [fileURLToPath(specifier)] : [];
  });
}

/** The path behind symbolic links in its folder, as the watch tells it. */
function realPath(path: string): string {
  const absolute = resolve(path);
  try {
    return join(Deno.realPathSync(dirname(absolute)), basename(absolute));
  } catch {
    return absolute;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
