/**
 * Runs again whenever a file has changed.
 *
 * @module
 */
import { relative } from "node:path";
import { TaskRuntimeError } from "../../error.ts";
import { SourceWatch } from "./source_watch.ts";
import { notify } from "../terminal.ts";

/** What is run, and what it is made of. */
export interface RerunOptions {
  /** The files whose change is a reason to run again. */
  readonly files: () => Promise<readonly string[]>;
  /** Runs once; the signal aborts when a file has changed. Resolves to the exit code. */
  readonly run: (signal: AbortSignal) => Promise<number>;
  /** Ends the run and the watch. */
  readonly signal: AbortSignal;
  /** Whether to clear the screen before a run: stderr is a terminal. */
  readonly clears: boolean;
}

/** Clears the screen and what has scrolled off it. */
const CLEAR = "\x1b[2J\x1b[3J\x1b[H";

/**
 * Runs, and runs again after each change, until `signal` aborts; what a change meets running is
 * ended first. What goes wrong is told and waits for the next change. Resolves to the exit code of
 * the last run.
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
    // A program that is gone for now may come back where it was.
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
