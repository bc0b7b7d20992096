/**
 * Watches the source files of a program.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { quietEnvironment, runCommand } from "../../bundle/deno_command.ts";

/** The milliseconds without another change after which a change counts, as editors write in steps. */
const QUIET_MS = 100;

/**
 * Watches files. It watches their folders, to see files that an editor replaces or that do not exist
 * yet.
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

  /** Starts to watch these files. */
  constructor(files: readonly string[]) {
    this.#files = new Set(files.map(realPath));
    const folders = new Set([...this.#files].map(dirname).filter(isFolder));
    this.#watcher = Deno.watchFs([...folders], { recursive: false });
    this.#changes = this.#collect();
  }

  /** Waits for changes and returns the changed files; none when `signal` aborts. */
  async changed(signal?: AbortSignal): Promise<readonly string[]> {
    const cancel = (): void => this.#release.resolve([]);
    if (signal?.aborted) cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    const changed = await Promise.race([this.#changes, this.#release.promise]);
    signal?.removeEventListener("abort", cancel);
    return changed;
  }

  /** Ends the watch. */
  [Symbol.dispose](): void {
    this.#release.resolve([]);
    try {
      this.#watcher.close();
    } catch {
      // Closed after the change.
    }
  }

  async #collect(): Promise<string[]> {
    const changed = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    for await (const { kind, paths } of this.#watcher) {
      const ours = paths.map(realPath).filter((path) => this.#files.has(path));
      // Reading a file does not change it.
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
 * Lists the local files of the module at `entry`: itself and its imports, without packages. Only
 * itself when its imports cannot be found.
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

/** Resolves symbolic links in the folder of a path, as the watch does. */
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
