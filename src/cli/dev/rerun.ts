/**
 * Repeats a run whenever a file changes.
 *
 * @module
 */
import { relative } from "node:path";
import { TaskRuntimeError } from "../../error.ts";
import { SourceWatch } from "./source_watch.ts";
import { notify } from "../terminal.ts";

/** The options of repeated runs. */
export interface RerunOptions {
  /** Lists the files to watch. */
  readonly files: () => Promise<readonly string[]>;
  /** Runs once and resolves to the exit code; the signal aborts when a file changes. */
  readonly run: (signal: AbortSignal) => Promise<number>;
  /** Ends the run and the watch. */
  readonly signal: AbortSignal;
  /** True to clear the screen before each run. */
  readonly clears: boolean;
}

/** Clears the screen and its history. */
const CLEAR = "\x1b[2J\x1b[3J\x1b[H";

/**
 * Runs, and runs again after each change, until `signal` aborts. A change terminates the current
 * run. Errors are printed. Resolves to the exit code of the last run.
 */
export async function rerun({ files, run, signal, clears }: RerunOptions): Promise<number> {
  let watched = await files();
  while (true) {
    using watch = new SourceWatch(watched);
    const changed = new AbortController();
    const change = watch.changed(signal).then((paths) => {
      changed.abort();
      return paths;
    });
    const code = await attempt(() => run(AbortSignal.any([signal, changed.signal])));
    if (!changed.signal.aborted) notify(`Waiting for a change of ${watched.length} files\n`);
    const paths = await change;
    if (signal.aborted) return code;
    if (clears) notify(CLEAR);
    notify(`Changed: ${paths.map((path) => relative(Deno.cwd(), path)).join(", ")}\n`);
    // A program that does not exist now may reappear at its place.
    watched = await files().catch((): readonly string[] => watched);
  }
}

async function attempt(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof TaskRuntimeError)) throw error;
    notify(`error: ${error.message}\n`);
    return 1;
  }
}
