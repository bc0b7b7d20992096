/**
 * Serves one launch: one conversation with the supervisor, then the end of the process.
 *
 * @module
 */
import { readVariable } from "../../supervisor/environment.ts";
import { useSystemTimers } from "../../supervisor/timer.ts";
import { captureConsole } from "../logging/console_capture.ts";
import { converse } from "../conversation.ts";
import { Recorder } from "../recording/recorder.ts";
import type { Host, SessionSettings, Transports } from "../session.ts";
import type { LoadedBundle } from "../task/loading.ts";
import { type Launch, takeLaunch } from "./launch.ts";
import { exitReported, exitUnreported } from "./process_exit.ts";
import { surviveFileSizeLimit, watchProcess } from "./process_watch.ts";
import { RECORD_VARIABLE } from "../recording/recording_file.ts";

/**
 * Talks with the supervisor until it has received the terminal message, then ends the process.
 *
 * The exit code is 0 in every terminal state, since a frame reported it, and 1 when the state could
 * not be reported.
 *
 * @throws {TaskRuntimeError} `CLOSED` when the supervisor cannot be reached
 */
export async function serve(
  { comm, logs, recording, overflow, loading }: Launch,
  bundle: LoadedBundle,
  settings: SessionSettings = {},
): Promise<never> {
  useSystemTimers();
  surviveFileSizeLimit();
  const [commConn, logsConn] = await Promise.all([comm, logs]);
  // Nothing closes the sockets: they stay open until the process ends.
  const transports = { comm: commConn, logs: logsConn };
  const host: Host = { env: readVariable, captureConsole, watch: watchProcess, loading };
  const all = { overflow, ...settings };
  const path = readVariable(RECORD_VARIABLE);
  return exitReported(
    path === undefined || path === ""
      ? await converse(transports, bundle, host, all)
      : await record(path, recording, transports, bundle, host, all),
  );
}

/** Serves a bundle that could not be loaded, unless the process already reports a terminal state. */
export async function reportFailedLoad(failure: unknown, args: readonly string[]): Promise<void> {
  try {
    const launch = takeLaunch(args);
    if (launch !== undefined) await serve(launch, { failure });
  } catch (error) {
    exitUnreported(error);
  }
}

/** Records the conversation to a file or folder, for `airflow-task-runtime replay`. */
async function record(
  path: string,
  file: Deno.FsFile | undefined,
  { comm, logs }: Transports,
  bundle: LoadedBundle,
  host: Host,
  settings: SessionSettings,
): Promise<number> {
  const recorder = new Recorder(path, { file });
  const transports = { comm: recorder.comm(comm), logs: recorder.logs(logs) };
  const exitCode = await converse(transports, bundle, host, settings);
  recorder.finish(exitCode);
  return exitCode;
}
