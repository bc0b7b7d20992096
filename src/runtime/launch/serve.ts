/**
 * One process: one launch, one conversation, one end.
 *
 * @module
 */
import { readVariable } from "../../supervisor/environment.ts";
import { captureConsole } from "../console_capture.ts";
import {
  converse,
  type Served,
  type ServeSettings,
  type Surroundings,
  type Transports,
} from "../conversation.ts";
import { end } from "./exit_helper.ts";
import type { Launch } from "./launch.ts";
import { LoadingWatch } from "./loading_watch.ts";
import { outliveFileSizeLimit, watchProcess } from "./process_watch.ts";
import { RECORD_VARIABLE } from "./recording_file.ts";
import { Rehearsal } from "../rehearsal.ts";

/** The process, which is all the task's: what it captures and guards it never gives back. */
const PROCESS: Surroundings = {
  env: readVariable,
  captureConsole,
  watch: watchProcess,
  whileWaiting: (arrival) => new Rehearsal(arrival),
};

/**
 * Talks with the supervisor until it has been told how the task ended, then ends the process.
 *
 * The exit code is 0 whatever became of the task, since a frame has told; it is 1 when the
 * supervisor could not be told.
 */
export async function serve(
  launch: Launch,
  served: Served,
  settings: ServeSettings = {},
): Promise<never> {
  // To the end, for a bundle that failed to load may go on failing.
  using loading = new LoadingWatch();
  outliveFileSizeLimit();
  const surroundings = { ...PROCESS, loading };
  const [comm, logs] = await Promise.all([launch.comm, launch.logs]);
  // Both sockets stay open: the end of the process closes them, at the right moment.
  const transports = { comm, logs };
  const path = PROCESS.env(RECORD_VARIABLE);
  const all = { overflow: launch.overflow, ...settings };
  return end(
    path === undefined || path === ""
      ? await converse(transports, served, surroundings, all)
      : await record(path, launch.recording, transports, served, surroundings, all),
  );
}

/** Keeps what goes over the wire in a file or folder, for `airflow-task-runtime replay`. */
async function record(
  path: string,
  file: Deno.FsFile | undefined,
  { comm, logs }: Transports,
  served: Served,
  surroundings: Surroundings,
  settings: ServeSettings,
): Promise<number> {
  const { Recorder } = await import("../recorder.ts");
  const recorder = new Recorder(path, { file });
  const transports = { comm: recorder.comm(comm), logs: recorder.logs(logs) };
  const exitCode = await converse(transports, served, surroundings, settings);
  recorder.finish(exitCode);
  return exitCode;
}
