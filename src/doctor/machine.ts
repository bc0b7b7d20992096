/**
 * The program that runs this command, and the machine that it is on.
 *
 * @module
 */
import type { Finding } from "./finding.ts";
import { readCLibrary, tryTemporaryPlace } from "./platform.ts";
import { mayExecute } from "./search.ts";

/** Room for the log lines of some tasks that Airflow reads too slowly, in bytes. */
const ENOUGH_BYTES = 64 << 20;

/** What is needed of the caller. */
export interface MachineOptions {
  /** The environment of the worker. */
  readonly env: Readonly<Record<string, string>>;
  /** The path of the runtime binary; undefined where Deno runs the command line. */
  readonly binary?: string | undefined;
  /** The version of this runtime. */
  readonly version: string;
}

/** Looks at this program, its permissions, the C library and the folder for temporary files. */
export async function checkMachine(
  { env, binary, version }: MachineOptions,
): Promise<readonly Finding[]> {
  return [
    binary === undefined ? commandLine(version) : await checkBinary(binary, version),
    await checkLibrary(binary ?? Deno.execPath()),
    await checkTemporaryPlace(env),
  ];
}

/** Deno runs the command line, and need not be the program that runs the tasks. */
function commandLine(version: string): Finding {
  const text = `version ${version}, run by Deno ${Deno.version.deno} (${Deno.execPath()})`;
  return { topic: "command line", status: "ok", text };
}

async function checkBinary(program: string, version: string): Promise<Finding> {
  const topic = "binary";
  const mode = (await Deno.stat(program)).mode ?? 0;
  if (!mayExecute(program)) {
    const text = `this user may not execute ${program}`;
    return { topic, status: "fail", text, fix: `chmod +x ${program}` };
  }
  const octal = (mode & 0o777).toString(8).padStart(4, "0");
  const text = `${program}, version ${version}, mode ${octal}`;
  return (mode & 0o005) === 0o005 ? { topic, status: "ok", text } : {
    topic,
    status: "warn",
    text: `${text}: tasks with run_as_user may not execute it`,
    fix: `chmod a+rx ${program}`,
  };
}

async function checkLibrary(program: string): Promise<Finding> {
  const { found, needed } = await readCLibrary(program);
  const text = `${found ?? "none found"}${needed === undefined ? "" : `, ${needed} is needed`}`;
  // What runs this very check has found a library that is new enough.
  return { topic: "glibc", status: found === undefined ? "warn" : "ok", text };
}

async function checkTemporaryPlace(env: Readonly<Record<string, string>>): Promise<Finding> {
  const topic = "temporary files";
  const { path, isWritable, free } = await tryTemporaryPlace(env);
  if (!isWritable) {
    const text =
      `${path} cannot be written to: log lines that Airflow is slow to read wait in memory`;
    return { topic, status: "warn", text, fix: "let TMPDIR name a folder that can be written to" };
  }
  const room = free === undefined ? "" : `, ${Math.floor(free / (1 << 20))} MiB free`;
  return free !== undefined && free < ENOUGH_BYTES
    ? { topic, status: "warn", text: `${path}${room}: too few for log lines that wait` }
    : { topic, status: "ok", text: `${path}${room}` };
}
